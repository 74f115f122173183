// What the administration's program prints, in words and in tables.
import type { Reading, ServerClock, ServerElection, ServerStanding } from "#actors/servers/administration-schemas.ts";
import type { Outcome } from "#actors/servers/administration.ts";
import type { KnownServer } from "#actors/servers/reference.ts";

import { NAME_COLUMNS_MAX, TEXT_LENGTH_MAX } from "./limits.ts";
import { type Column, cut, tableLines } from "./table.ts";

/** What nobody said. */
const NOTHING = "–";
const SILENT = "não responde";

const RANK: Column = { title: "rank", isNumber: true };
const NAME: Column = { title: "nome", columnsMax: NAME_COLUMNS_MAX };
const number = (title: string): Column => ({ title, isNumber: true });
const text = (title: string): Column => ({ title });

const ROLES: ReadonlyMap<string, string> = new Map([
  ["coordinator", "coordenador"],
  ["follower", "seguidor"],
  ["unsure", "sem líder"],
]);

export const HOME_SILENT = "A referência não responde.";

export function listLines(servers: readonly KnownServer[]): readonly string[] {
  if (servers.length === 0) return ["Nenhum servidor está registrado."];
  const rows = servers.map(({ rank, name, address, votes }) => [`${rank}`, name, address, votes ? "sim" : "não"]);
  return tableLines([RANK, NAME, text("endereço"), text("vota")], rows);
}

export function clockLines(clocks: readonly ServerClock[]): readonly string[] {
  const rows = clocks.map(({ name, reading }) =>
    reading === undefined ? [name, SILENT] : [name, ...readingCells(reading)],
  );
  return tableLines([NAME, text("hora"), number("desvio (ms)"), number("limite (ms)"), number("Lamport")], rows);
}

export function electionLines(servers: readonly ServerElection[]): readonly string[] {
  const rows = servers.map(({ name, standing }) => {
    if (standing === undefined) return [name, SILENT];
    const { coordinator = NOTHING, epoch, role } = standing;
    return [name, coordinator, epoch === undefined ? NOTHING : `${epoch}`, roleText(role)];
  });
  const coordinator = { title: "coordenador", columnsMax: NAME_COLUMNS_MAX };
  return tableLines([NAME, coordinator, number("época"), text("papel")], rows);
}

export function coordinatorLine({ coordinator, epoch }: NonNullable<ServerElection["standing"]>): string {
  if (coordinator === undefined) return "A referência não sabe quem coordena.";
  return `Coordenador, segundo a referência: ${cut(coordinator)}${epoch === undefined ? "" : `, época ${epoch}`}`;
}

export function statusLines({ name, rank, address, reading, status }: ServerStanding): readonly string[] {
  if (reading === undefined) return [silentLine(name)];
  const [time, offset, bound, lamport] = readingCells(reading);
  const clock = `Hora: ${time}, desvio ${offset} ms, limite ${bound} ms, Lamport ${lamport}`;
  const lines = [`Servidor: ${cut(name)}, rank ${rank}, em ${cut(address)}`, clock];
  if (status === undefined) return [...lines, "De outro tipo: não diz mais."];
  const { coordinator, epoch, role, steps, servers } = status;
  const rows = servers.map((each) => {
    const seen = each.offsetMs === undefined ? NOTHING : offsetText(each.offsetMs, each.boundMs);
    return [`${each.rank}`, each.name, each.address, each.votes ? "sim" : "não", seen, each.isDamped ? "sim" : "não"];
  });
  const columns = [RANK, NAME, text("endereço"), text("vota"), number("desvio deste (ms)"), text("amortecido")];
  return [
    ...lines,
    `Saltos do relógio: ${steps}`,
    `Papel: ${roleText(role)}`,
    `Coordenador: ${coordinator === undefined ? "nenhum" : `${cut(coordinator)}, época ${epoch}`}`,
    "",
    ...tableLines(columns, rows),
  ];
}

export function setLine(name: string, outcome: Outcome): string {
  if (outcome.kind !== "done" || outcome.reading === undefined) return refusalLine(name, outcome);
  const [time, offset] = readingCells(outcome.reading);
  return `${cut(name)} aceitou; mostra agora ${time}, desvio ${offset} ms`;
}

export function announcedLine(name: string, outcome: Outcome): string {
  if (outcome.kind === "no_answer") return "Ninguém recebe publicações nesta porta.";
  return outcome.kind === "done" ? `Publicado no tópico servers: ${cut(name)} coordena` : refusalLine(name, outcome);
}

export function unknownLine(name: string): string {
  return `A referência não lista nenhum servidor ${cut(name)}.`;
}

function silentLine(name: string): string {
  return `${cut(name)} não responde.`;
}

export function roleText(role: string | undefined): string {
  return role === undefined ? NOTHING : cut(ROLES.get(role) ?? role);
}

/** `+0,12 ±0,30`. */
export function offsetText(offsetMs: number, uncertaintyMs: number | undefined): string {
  const size = msText(Math.abs(offsetMs));
  const sign = offsetMs < 0 && size !== msText(0) ? "-" : "+";
  return sign + size + (uncertaintyMs === undefined ? "" : ` ±${msText(uncertaintyMs)}`);
}

export function boundText(boundMs: number | undefined): string {
  return boundMs === undefined ? NOTHING : msText(boundMs);
}

/** What is large needs no fractions. */
function msText(ms: number): string {
  return ms.toFixed(ms < 1_000 ? 2 : 0).replace(".", ",");
}

function readingCells({ time, offsetMs, uncertaintyMs, boundMs, clock }: Reading): readonly string[] {
  const at = new Date(time * 1_000);
  const shown = Number.isNaN(at.getTime()) ? `${time}` : at.toISOString();
  return [shown, offsetText(offsetMs, uncertaintyMs), boundText(boundMs), clock === undefined ? NOTHING : `${clock}`];
}

function refusalLine(name: string, outcome: Outcome): string {
  switch (outcome.kind) {
    case "no_reference":
      return HOME_SILENT;
    case "unknown_server":
      return unknownLine(name);
    case "refused":
      return `${cut(name)} recusou: ${cut(outcome.text.slice(0, TEXT_LENGTH_MAX))}`;
    default:
      return silentLine(name);
  }
}
