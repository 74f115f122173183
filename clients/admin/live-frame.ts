// What `live` shows on a screen: everything that is known, in as many rows as there are.
import type { Queues, ServerStanding, ServerStatus } from "#actors/servers/administration-schemas.ts";

import { NAME_COLUMNS_MAX } from "./limits.ts";
import { leadOf, type Look } from "./live-look.ts";
import { boundText, HOME_SILENT, offsetText, roleText } from "./shown.ts";
import { type Column, cut, tableLines } from "./table.ts";

export interface FrameOptions {
  /** Where the reference is, and `HH:MM:SS`. */
  readonly where: string;
  readonly time: string;
  readonly columns: number;
  readonly rows: number;
}

const SERVER_COLUMNS: readonly Column[] = [
  { title: " " },
  { title: "rank", isNumber: true },
  { title: "nome", columnsMax: NAME_COLUMNS_MAX },
  { title: "papel" },
  { title: "daqui (ms)", isNumber: true },
  { title: "do coord. (ms)", isNumber: true },
  { title: "limite", isNumber: true },
];

const SLOW_COLUMNS: readonly Column[] = [
  { title: "assinante lento", columnsMax: 48 },
  { title: "perdidas", isNumber: true },
  { title: "bytes à espera", isNumber: true },
];

/** Rows that are neither servers nor slow subscribers, and what these are given at least. */
const FIXED_ROWS = 8;
const SLOW_ROWS_MIN = 4;

/** At most so many rows of at most so many columns. */
export function frameOf(look: Look, { where, time, columns, rows }: FrameOptions): readonly string[] {
  const lead = leadOf(look);
  const slow = look.queues === undefined ? [] : slowLines(look.queues);
  const slowRows = Math.min(slow.length, SLOW_ROWS_MIN);
  const serverRows = Math.max(2, rows - FIXED_ROWS - slowRows);
  const servers = fitted([...serverLines(look, lead), ...dissentLines(look, lead)], serverRows);
  const top = [
    `Correio em ${where}, ${time}: q encerra`,
    leadLine(look, lead),
    look.isHomeSilent ? `${HOME_SILENT} Estes foram os últimos servidores:` : "",
    ...servers,
    "",
    ...queueLines(look),
  ];
  const all = slow.length === 0 ? top : [...top, "", ...fitted(slow, rows - top.length - 1)];
  return all.slice(0, rows).map((row) => cut(row, columns));
}

export function leadLine({ servers }: Look, lead: ServerStatus | undefined): string {
  if (lead === undefined) return "Coordenador: nenhum";
  const followers = servers.filter(({ status }) => status !== undefined && isSame(status, lead)).length;
  return `Coordenador: ${cut(lead.coordinator ?? "")}, época ${lead.epoch}, segundo ${followers} de ${servers.length}`;
}

export function queueLines({ queues, rates, isHomeSilent }: Look): readonly string[] {
  if (queues === undefined) return isHomeSilent ? [] : ["Filas: esta referência não as diz."];
  const { broker, publications } = queues;
  return [
    `Pedidos: ${broker.workers} servidores, ${broker.waiting} à espera, ${broker.running} em curso`,
    `Publicações: ${rateText(rates?.published)}/s, ${rateText(rates?.delivered)} entregas/s, ` +
      `${publications.dropped} perdidas, ${publications.subscribers} assinantes`,
  ];
}

/** As a word; whoever has come and gone too often is not elected now, and that is what matters of it. */
export function standingText({ name, votes, reading, status }: ServerStanding, lead: ServerStatus | undefined): string {
  if (reading === undefined) return "não responde";
  if (status === undefined) return votes ? "?" : "de fora";
  const isDamped = lead?.servers.some((server) => server.name === name && server.isDamped) === true;
  return isDamped && status.role !== "coordinator" ? "amortecido" : roleText(status.role);
}

/** From the coordinator's clock, as that one has it; empty where it says nothing. */
export function leadOffsetText(name: string, lead: ServerStatus | undefined): string {
  const { offsetMs, boundMs } = lead?.servers.find((server) => server.name === name) ?? {};
  return offsetMs === undefined ? "" : offsetText(offsetMs, boundMs);
}

function serverLines({ servers }: Look, lead: ServerStatus | undefined): readonly string[] {
  const rows = servers.map((server) => {
    const { rank, name, reading, status } = server;
    const known = [status?.role === "coordinator" ? ">" : "", `${rank}`, name, standingText(server, lead)];
    if (reading === undefined) return known;
    const { offsetMs, uncertaintyMs, boundMs } = reading;
    return [...known, offsetText(offsetMs, uncertaintyMs), leadOffsetText(name, lead), boundText(boundMs)];
  });
  return tableLines(SERVER_COLUMNS, rows);
}

/** Those who follow somebody else. */
function dissentLines({ servers }: Look, lead: ServerStatus | undefined): readonly string[] {
  return servers.flatMap(({ name, status }) => {
    if (status === undefined || lead === undefined || isSame(status, lead)) return [];
    const { coordinator, epoch } = status;
    return [`  ${cut(name)}: ${coordinator === undefined ? "ninguém coordena" : `${coordinator}, época ${epoch}`}`];
  });
}

function slowLines({ slow }: Queues): readonly string[] {
  if (slow.length === 0) return [];
  const rows = slow.map(({ address, dropped, waitingBytes }) => [address, `${dropped}`, `${waitingBytes}`]);
  return tableLines(SLOW_COLUMNS, rows);
}

function rateText(perSecond: number | undefined): string {
  return perSecond === undefined ? "?" : perSecond.toFixed(perSecond < 10 ? 1 : 0).replace(".", ",");
}

function isSame(one: ServerStatus, other: ServerStatus): boolean {
  return one.coordinator === other.coordinator && one.epoch === other.epoch;
}

/** What has no room is counted. */
function fitted(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  return [...lines.slice(0, Math.max(0, rows - 1)), `  … e mais ${lines.length - Math.max(0, rows - 1)}`];
}
