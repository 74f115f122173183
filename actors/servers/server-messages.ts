// What servers send each other at their admin endpoints: as existing programs know it, and our own fields beside that.
import { limits, t, Value } from "#runtime/mod.ts";

import type { ClockCorrection, ClockReading } from "../clocks/clock-line.ts";
import type { Answer, Request } from "../election/messages.ts";
import type { Fields, GroupSettings } from "./services.ts";

const MS_PER_S = 1_000;
const NAMES_MAX = 256;
const REASON_LENGTH_MAX = 256;
/** Later there is no date: ECMA-262, time values. */
const TIME_MS_MAX = 8.64e15;

const name = t.String({ minLength: 1, maxLength: 64 });
const names = t.Array(name, { maxItems: NAMES_MAX });
const epoch = t.Number();

const RequestSchema = t.Union([
  t.Object({ kind: t.Literal("query"), promised: epoch }),
  t.Object({ kind: t.Literal("vote"), epoch, coordinator: name, known: t.Number(), votes: names }),
  t.Object({ kind: t.Literal("announcement"), epoch, coordinator: name, votes: names }),
  t.Object({ kind: t.Literal("heartbeat"), epoch }),
]);

const AnswerSchema = t.Union([
  t.Object({
    kind: t.Literal("standing"),
    coordinator: t.Optional(name),
    epoch: t.Optional(epoch),
    promised: t.Optional(epoch),
    claims: t.Optional(t.Boolean()),
    boundTo: t.Optional(name),
  }),
  t.Object({ kind: t.Literal("vote"), granted: t.Boolean(), epoch, boundTo: t.Optional(name) }),
  t.Object({ kind: t.Literal("acceptance"), accepted: t.Boolean(), epoch }),
]);

const seconds = t.Number({ minimum: 0, maximum: TIME_MS_MAX / MS_PER_S });
const milliseconds = t.Number({ minimum: 0, maximum: TIME_MS_MAX });
const bound = t.Number({ minimum: 0, maximum: limits.clockCorrectionMsMax });

const LineSchema = t.Object({ hardwareMs: milliseconds, timeMs: milliseconds, rate: t.Number() });

/** From a coordinator of this kind: a line to follow, or, in Berkeley's way, a difference to slew by. */
export const InstructionSchema = t.Object({
  coordinator: name,
  epoch,
  correction: t.Optional(t.Object({ line: LineSchema, boundMs: bound })),
  differenceMs: t.Optional(t.Number()),
});

const ReadingSchema = t.Object({
  time: seconds,
  hardwareMs: milliseconds,
  boundMs: t.Optional(bound),
  hasJoined: t.Optional(t.Boolean()),
});

const GroupSchema = t.Object({
  heartbeatMs: t.Integer({ minimum: 1, maximum: limits.serverHeartbeatMsMax }),
  synchronisation: t.Union([t.Literal("berkeley"), t.Literal("estimate")]),
});

/** Beside a rank, to a server of this kind. */
export function groupData({ heartbeatMs, synchronisation }: GroupSettings): Fields {
  return { heartbeatMs, synchronisation };
}

/** Undefined where the reference is of another kind. */
export function parseGroupData(data: Fields): GroupSettings | undefined {
  return Value.Check(GroupSchema, data) ? (groupData(data) as unknown as GroupSettings) : undefined;
}

/** Why a reference has refused something; undefined where it has not. */
export function parseRefusal({ status, message, code }: Fields) {
  if (status !== "erro") return undefined;
  const reason = typeof message === "string" ? message.slice(0, REASON_LENGTH_MAX) : "";
  return { reason, ...(Value.Check(name, code) ? { code } : {}) };
}

/** Data of a service `election`. An announcement is one to existing programs too. */
export function electionData(from: string, message: Request): Fields {
  return { from, message, ...(message.kind === "announcement" ? { coordinator: message.coordinator } : {}) };
}

/** Undefined where it is none of ours: then it is what existing programs ask. */
export function parseElectionData({
  from,
  message,
}: Fields): { readonly from: string; readonly message: Request } | undefined {
  return Value.Check(name, from) && Value.Check(RequestSchema, message) ? { from, message } : undefined;
}

/** As everybody hears of it, on the topic `servers`. */
export function announcementText(data: Fields): string {
  return `servers ${JSON.stringify({ service: "election", data })}`;
}

export function answerData(coordinator: string | undefined, answer?: Answer): Fields {
  return { election: "OK", coordinator, answer };
}

/** A foreign server says no more than whom it follows. */
export function parseAnswerData({ answer, coordinator }: Fields): Answer {
  if (Value.Check(AnswerSchema, answer)) return answer as Answer;
  const followed = Value.Check(name, coordinator) ? coordinator : undefined;
  return {
    kind: "standing",
    coordinator: followed,
    epoch: undefined,
    promised: undefined,
    claims: undefined,
    boundTo: undefined,
  };
}

/** Time in Unix seconds, as existing programs have it. */
export function readingData({ timeMs, ...reading }: ClockReading): Fields {
  return { time: timeMs / MS_PER_S, ...reading };
}

/** Of a foreign server there is only its time; undefined where it says none, or one that nobody can have. */
export function parseReadingData(data: Fields): ClockReading | { readonly timeMs: number } | undefined {
  if (Value.Check(ReadingSchema, data)) {
    const { time, hardwareMs, boundMs, hasJoined } = data;
    return { timeMs: time * MS_PER_S, hardwareMs, boundMs, hasJoined };
  }
  return Value.Check(seconds, data["time"]) ? { timeMs: data["time"] * MS_PER_S } : undefined;
}

interface Authority {
  readonly coordinator: string;
  readonly epoch: number;
}

export function correctionData(authority: Authority, correction: ClockCorrection): Fields {
  return { ...authority, time: correction.line.timeMs / MS_PER_S, correction };
}

export function differenceData(authority: Authority, differenceMs: number, timeMs: number): Fields {
  return { ...authority, time: timeMs / MS_PER_S, differenceMs };
}
