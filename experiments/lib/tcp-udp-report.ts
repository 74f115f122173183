// The comparison of TCP and UDP as tables, for the terminal and for a document.

import { renderEnvironment } from "./environment.ts";
import { renderLevels } from "./level.ts";
import { conclude, type Conclusion, figuresOf } from "./result.ts";
import { formatCount, renderTable } from "./table.ts";
import type { ChatRow, TcpUdpReport } from "./tcp-udp-plan.ts";

type Cells = readonly (readonly string[])[];
type Render = (rows: Cells) => string;

const MEBIBYTE = 1_048_576;

export function renderTcpUdp(report: TcpUdpReport, asMarkdown = false): string {
  const render: Render = asMarkdown ? renderMarkdown : renderTable;
  const { parameters, rows, crowd } = report;
  const { rounds, members, everyMs, seconds, delayMs, local } = parameters;
  return [
    asMarkdown ? "" : renderEnvironment(report.environment),
    ...report.missing.map((what) => `MISSING: ${what}`),
    ...section("The chat", rows, () => [
      `${rounds} rounds of ${seconds} s; ${members} members, each a message of 100 octets every ${everyMs} ms; ` +
        `${delayMs} ms each way; ${local ? "local" : "wide"} profile; loss is each way`,
      verdict(rows),
      "",
      render(chatTable(rows)),
      "",
      render(costTable(rows)),
    ]),
    ...section("Many clients", crowd, () => [
      `${formatCount(parameters.crowd)} members in rooms of ${parameters.crowdRoom}, each a message every ` +
        `${formatCount(parameters.crowdEveryMs)} ms; loopback, nothing is lost`,
      render(crowdTable(crowd)),
    ]),
    ...section("Until the first answer", report.setUp, () => [render(setUpTable(report))]),
    ...section("A message of 100 octets and its answer", report.overhead, () => [render(overheadTable(report))]),
    ...section("One lost packet", report.blocking, () => [render(blockingTable(report))]),
    ...section("A receiver that does not read", report.flow, () => [render(flowTable(report))]),
    ...(rows.length === 0 ? [] : ["", asMarkdown ? "" : renderLevels(report.levels)]),
  ]
    .join("\n")
    .trim();
}

/** The latest in a hundred at the greatest loss, way by way. */
export function concludeTcpUdp({ rows, levels }: TcpUdpReport): Conclusion {
  const greatest = Math.max(...rows.map(({ loss }) => loss));
  const worst = rows.filter(({ loss }) => loss === greatest);
  const figures = [...new Set(worst.map(({ network }) => network))].map((network) => {
    const ways = worst.filter((row) => row.network === network);
    const p99s = ways.map(({ way, p99Ms, arrived, expected, laggedRuns, rounds }) => {
      const notes = [
        ...(arrived < expected ? [`${percent(arrived / expected)} arrived`] : []),
        ...(laggedRuns > 0 ? [`${laggedRuns} of ${rounds} runs invalid`] : []),
      ];
      return `${way} ${milliseconds(p99Ms)} ms${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
    });
    return `p99 at ${percent(greatest)} loss, ${network}: ${p99s.join(", ")}`;
  });
  return conclude(levels, [...figures, ...figuresOf(levels)]);
}

function section(title: string, rows: readonly unknown[], lines: () => readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : ["", title, "", ...lines()];
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function renderMarkdown(rows: Cells): string {
  const [heading = [], ...rest] = rows;
  return [line(heading), line(heading.map(() => "---")), ...rest.map(line)].join("\n");
}

function verdict(rows: readonly ChatRow[]): string {
  const sum = (field: "garbled" | "errors" | "laggedRuns"): number => rows.reduce((all, row) => all + row[field], 0);
  const reliable = rows.filter(({ way }) => way !== "udp");
  const isWhole = reliable.every((row) => row.arrived === row.expected && row.duplicates + row.outOfOrder === 0);
  return [
    isWhole ? "verified: all but plain UDP delivered everything once and in order" : "NOT all delivered once, in order",
    `garbled ${sum("garbled")}, refused ${sum("errors")}`,
    `invalid, as messages were said more than 10 ms late: ${sum("laggedRuns")} runs`,
  ].join("; ");
}

const milliseconds = (ms: number): string => (ms >= 1_000 ? formatCount(ms) : ms.toFixed(1));
const percent = (share: number): string => `${+(share * 100).toFixed(2)} %`;

function chatTable(rows: readonly ChatRow[]): Cells {
  const heading = [
    "network",
    "loss",
    "way",
    "delivered",
    "twice",
    "out of order",
    "p50 ms",
    "p90",
    "p99",
    "max",
    "invalid runs",
  ];
  const cells = rows.map((row) => [
    row.network,
    percent(row.loss),
    row.way,
    percent(row.arrived / row.expected),
    String(row.duplicates),
    String(row.outOfOrder),
    milliseconds(row.p50Ms),
    milliseconds(row.p90Ms),
    milliseconds(row.p99Ms),
    milliseconds(row.maxMs),
    `${row.laggedRuns} of ${row.rounds}`,
  ]);
  return [heading, ...cells];
}

function costTable(rows: readonly ChatRow[]): Cells {
  const heading = [
    "network",
    "loss",
    "way",
    "octets/message",
    "packets/message",
    "server CPU µs/delivery",
    "server MiB",
  ];
  const cells = rows.map((row) => [
    row.network,
    percent(row.loss),
    row.way,
    row.octetsPerMessage.toFixed(0),
    row.packetsPerMessage.toFixed(1),
    row.cpuUsPerDelivery.toFixed(0),
    (row.serverBytes / MEBIBYTE).toFixed(1),
  ]);
  return [heading, ...cells];
}

function crowdTable(rows: readonly ChatRow[]): Cells {
  const heading = [
    "way",
    "KiB/member",
    "server CPU µs/delivery",
    "deliveries",
    "delivered",
    "p50 ms",
    "p99",
    "said late by, p99",
  ];
  const cells = rows.map((row) => [
    row.way,
    (row.bytesPerMember / 1_024).toFixed(1),
    row.cpuUsPerDelivery.toFixed(1),
    formatCount(row.arrived),
    percent(row.arrived / row.expected),
    milliseconds(row.p50Ms),
    milliseconds(row.p99Ms),
    milliseconds(row.lagP99Ms),
  ]);
  return [heading, ...cells];
}

function setUpTable({ setUp }: TcpUdpReport): Cells {
  const heading = ["way", "median ms", "max", "round trips", "packets", "octets"];
  const cells = setUp.map(({ what, medianMs, maxMs, roundTrips, packets, octets }) => [
    what,
    milliseconds(medianMs),
    milliseconds(maxMs),
    roundTrips.toFixed(2),
    packets.toFixed(1),
    octets.toFixed(0),
  ]);
  return [heading, ...cells];
}

function overheadTable({ overhead }: TcpUdpReport): Cells {
  const heading = ["way", "own octets", "by hand", "seen", "packets"];
  const cells = overhead.map(({ what, ownOctets, byHandOctets, seenOctets, seenPackets }) => [
    what,
    String(ownOctets),
    String(byHandOctets),
    seenOctets.toFixed(0),
    seenPackets.toFixed(1),
  ]);
  return [heading, ...cells];
}

function blockingTable({ blocking }: TcpUdpReport): Cells {
  const heading = ["way", "messages", "lost packets", "late messages", "late/lost", "p50 ms", "p99", "max"];
  const cells = blocking.map(({ what, messages, lostPackets, late, p50Ms, p99Ms, maxMs }) => [
    what,
    formatCount(messages),
    String(lostPackets),
    String(late),
    lostPackets === 0 ? "" : (late / lostPackets).toFixed(1),
    ...[p50Ms, p99Ms, maxMs].map(milliseconds),
  ]);
  return [heading, ...cells];
}

function flowTable({ flow }: TcpUdpReport): Cells {
  const heading = ["way", "taken before it stopped", "unread at the receiver", "arrived once it read"];
  const cells = flow.map(({ way, takenBytes, heldBytes, arrivedBytes }) => [
    way,
    formatCount(takenBytes),
    heldBytes === undefined ? "" : formatCount(heldBytes),
    formatCount(arrivedBytes),
  ]);
  return [heading, ...cells];
}
