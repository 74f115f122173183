// The messaging experiment's answers as tables, one for each question, with ratios of runs of the same round.

import { renderInterval } from "./level.ts";
import { FAN_OUT_NAMES, type FanOutName, type FanOutResult } from "./messaging-fan-out.ts";
import { RATED_SERVICES, type RateResult, type RateSample } from "./messaging-rates.ts";
import { ASKED_NAMES, type AskedName, type RoundTripResult } from "./messaging-round-trips.ts";
import type { SlowSubscriberResult } from "./messaging-slow-subscriber.ts";
import { KILLED_SERVICES, type WorkerResult } from "./messaging-workers.ts";
import { type MedianInterval, pairedRatio, summarise } from "./statistics.ts";
import { formatCount, renderTable } from "./table.ts";

const ASKED_TITLES: Readonly<Record<AskedName, string>> = {
  "reply-socket": "our REP socket, echo",
  "pyzmq-reply": "pyzmq REP, echo",
  "raw-echo": "raw Bun.listen, echo, plain socket",
  users: "Correio's broker, users",
  "pyzmq-users": "pyzmq broker and worker, users",
};
/** Whose p50 each one's is divided by. */
const COMPARED_WITH: Readonly<Partial<Record<AskedName, AskedName>>> = {
  "reply-socket": "pyzmq-reply",
  users: "pyzmq-users",
};
const FAN_OUT_TITLES: Readonly<Record<FanOutName, string>> = {
  correio: "Correio",
  raw: "raw Bun.listen, passes chunks on",
  nats: "nats-server",
  libzmq: "libzmq's proxy",
};
const MEGABYTE = 1e6;

export function roundTripRatio({ samples }: RoundTripResult, ours: AskedName, theirs: AskedName): MedianInterval {
  const p50s = (name: AskedName): number[] => samples.filter((each) => each.name === name).map(({ p50Us }) => p50Us);
  return pairedRatio(p50s(ours), p50s(theirs));
}

/** Correio's deliveries over those of another; undefined where that one was not measured. */
export function fanOutRatio({ samples }: FanOutResult, window: number, name: FanOutName): MedianInterval | undefined {
  const rates = (of: FanOutName): number[] =>
    samples.filter((each) => each.name === of && each.window === window).map((each) => each.deliveriesPerSecond);
  return rates(name).length === 0 ? undefined : pairedRatio(rates("correio"), rates(name));
}

export function renderRoundTrips(result: RoundTripResult): string {
  const { rounds, trips, requestBytes } = result.parameters;
  const rows = ASKED_NAMES.map((name) => {
    const own = result.samples.filter((sample) => sample.name === name);
    const other = COMPARED_WITH[name];
    return [
      ASKED_TITLES[name],
      ...[own.map(({ p50Us }) => p50Us), own.map(({ p99Us }) => p99Us)].flatMap(spreadOf),
      other === undefined ? "" : `${renderInterval(roundTripRatio(result, name, other))} of ${ASKED_TITLES[other]}`,
    ];
  });
  return [
    `Round trips of one pyzmq client, ${rounds} runs each of ${trips}; ${requestBytes} octets are echoed`,
    renderTable([["", "p50 µs", "min – max", "p99 µs", "min – max", "p50, ratio"], ...rows]),
  ].join("\n\n");
}

export function renderFanOut(result: FanOutResult): string {
  const { rounds, subscribers, bodyBytes, windows } = result.parameters;
  const rows = windows.flatMap(({ window, publications }) =>
    FAN_OUT_NAMES.flatMap((name) => {
      const own = result.samples.filter((sample) => sample.name === name && sample.window === window);
      if (own.length === 0) return [];
      const rates = summarise(own.map(({ deliveriesPerSecond }) => deliveriesPerSecond));
      const ratio = name === "correio" ? undefined : fanOutRatio(result, window, name);
      const cpuUs = own.map(({ serverCpuShare, deliveriesPerSecond }) => (1e6 * serverCpuShare) / deliveriesPerSecond);
      return [
        [
          `${formatCount(window)} of ${formatCount(publications)}`,
          FAN_OUT_TITLES[name],
          ...[rates.median, rates.min, rates.max].map(formatCount),
          percentOf(own.map(({ serverCpuShare }) => serverCpuShare)),
          summarise(cpuUs).median.toFixed(3),
          percentOf(own.map(({ loadCpuShare }) => loadCpuShare)),
          ratio === undefined ? "" : renderInterval(ratio),
        ],
      ];
    }),
  );
  const headings = ["at most ahead", "", "deliveries/s", "min", "max", "server CPU", "µs each", "load CPU"];
  return [
    `Publications of ${bodyBytes} octets to ${subscribers} subscribers, ${rounds} runs each, counted where they arrive`,
    renderTable([[...headings, "Correio / this"], ...rows]),
  ].join("\n\n");
}

export function renderSlowSubscriber({ parameters, samples }: SlowSubscriberResult): string {
  const { pairs, subscribers, publications, readsOneIn } = parameters;
  const rows = samples.map(({ alonePerSecond, besidePerSecond, received, dropped, counted, grownBytes }, index) => [
    String(index + 1),
    formatCount(alonePerSecond),
    formatCount(besidePerSecond),
    formatCount(received),
    formatCount(dropped),
    formatCount(counted),
    (grownBytes / MEGABYTE).toFixed(1),
  ]);
  const ratio = pairedRatio(
    samples.map(({ besidePerSecond }) => besidePerSecond),
    samples.map(({ alonePerSecond }) => alonePerSecond),
  );
  return [
    `${pairs} × ${formatCount(publications)} publications to ${subscribers} subscribers; one reads 1 in ${readsOneIn}`,
    renderTable([
      ["pair", "publications/s, none slow", "one slow", "it had", "it missed", "server's count", "server grew, MB"],
      ...rows,
    ]),
    `publications/s to the others, one slow / none slow: ${renderInterval(ratio)}`,
  ].join("\n\n");
}

export function renderRates({ parameters, samples }: RateResult): string {
  const { rounds, runMs } = parameters;
  const rows = RATED_SERVICES.flatMap((service) =>
    parameters.clients.flatMap((clients) => {
      const of = (name: RateSample["name"]): RateSample[] =>
        samples.filter((each) => each.name === name && each.service === service && each.clients === clients);
      const [ours, theirs] = [of("correio"), of("pyzmq")];
      const ratio = theirs.length === 0 ? undefined : pairedRatio(ours.map(rateOf), theirs.map(rateOf));
      return [
        [service, String(clients), "Correio", ...rateCells(ours)],
        ...(ratio === undefined
          ? []
          : [[service, String(clients), "pyzmq, one worker", ...rateCells(theirs), renderInterval(ratio)]]),
      ];
    }),
  );
  const headings = [
    "service",
    "clients",
    "",
    "requests/s",
    "p50 µs",
    "p99 µs",
    "server µs each",
    "load CPU",
    "Correio / this",
  ];
  return [
    `Requests, one of each client on its way, ${rounds} runs of ${runMs} ms; a publish is on the disk when answered`,
    renderTable([headings, ...rows]),
  ].join("\n\n");
}

export function renderWorkers({ parameters, foreign, own, kills }: WorkerResult): string {
  const rows = KILLED_SERVICES.map((service) => {
    const { median, min, max } = summarise(
      kills.filter((kill) => kill.service === service).map(({ answeredMs }) => answeredMs),
    );
    return [
      service,
      service === "users" ? "repeated by another worker" : "told that nobody knows",
      ...[median, min, max].map((ms) => ms.toFixed(2)),
    ];
  });
  return [
    `A pyzmq worker behind Correio's broker, one client: it answered ${foreign} of ${foreign + own} requests`,
    renderTable([
      [`killed (-9) with a request in its hands, ${parameters.kills} times`, "the client is", "after ms", "min", "max"],
      ...rows,
    ]),
  ].join("\n\n");
}

function rateCells(samples: readonly RateSample[]): string[] {
  const medianOf = (of: (sample: RateSample) => number): number => summarise(samples.map(of)).median;
  return [
    formatCount(medianOf(rateOf)),
    medianOf(({ p50Us }) => p50Us).toFixed(0),
    medianOf(({ p99Us }) => p99Us).toFixed(0),
    medianOf(({ serverCpuUs }) => serverCpuUs).toFixed(1),
    percentOf(samples.map(({ loadCpuShare }) => loadCpuShare)),
  ];
}

function rateOf({ requestsPerSecond }: RateSample): number {
  return requestsPerSecond;
}

function spreadOf(values: readonly number[]): string[] {
  const { median, min, max } = summarise(values);
  return [median.toFixed(1), `${min.toFixed(1)} – ${max.toFixed(1)}`];
}

function percentOf(shares: readonly number[]): string {
  return `${(100 * summarise(shares).median).toFixed(0)} %`;
}
