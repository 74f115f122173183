// What handlers say of timers and alarms, checked: a mistake is a `RuntimeError` where it is made.
import { limits } from "../limits.ts";
import type { AlarmOptions, TimerOptions } from "./context.ts";
import type { AnyActorType, Method } from "./definition.ts";
import { encode } from "./encoding.ts";
import { RuntimeError } from "./errors.ts";
import type { AlarmRecord } from "./stored.ts";

/** Alarms beyond this are a mistake: about 270 years. */
const TIME_MAX_MS = 2 ** 43;

/** What is wrong with the name of a row, an alarm, a timer or a result; undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  const fits = name.length > 0 && name.length <= limits.nameLengthMax && name.isWellFormed() && !name.includes("\0");
  const rule = `1 to ${limits.nameLengthMax} characters, no NUL and no half of a surrogate pair`;
  return fits ? undefined : `is ${JSON.stringify(name.slice(0, 40))}: a name has ${rule}`;
}

/** Throws `actor.bad_key`. */
export function checkedName(kind: string, name: string): string {
  const problem = nameProblem(name);
  if (problem === undefined) return name;
  throw new RuntimeError("actor.bad_key", `Cannot use this name for the ${kind}: it ${problem}`);
}

/** Throws `actor.unknown_method`. */
export function checkedMethod(type: AnyActorType, name: string): Method {
  const method = type.methods.get(name);
  if (method !== undefined) return method;
  throw new RuntimeError("actor.unknown_method", `Cannot find method "${name}": "${type.name}" has none of that name`);
}

/**
 * For what ends with the turn that it brings, as alarms and watches do: reads change nothing, so they cannot end it.
 * Throws `actor.unknown_method` and `actor.bad_input`.
 */
export function checkedWrite(type: AnyActorType, name: string, what: string): Method {
  const method = checkedMethod(type, name);
  if (method.kind !== "read") return method;
  const message = `Cannot send ${what} to "${name}" of "${type.name}": that is a read, which changes nothing`;
  throw new RuntimeError("actor.bad_input", message);
}

/** When it fires first, and how often then. Throws `actor.bad_input` and `actor.bad_key`. */
export function timerTimes(name: string, options: TimerOptions): { afterMs: number; everyMs: number | undefined } {
  const { afterMs, everyMs } = options;
  const what = `timer "${checkedName("timer", name)}"`;
  if ((afterMs === undefined) === (everyMs === undefined)) throw badTime(what, "give afterMs or everyMs, one of them");
  const delayMs = checkedTime(what, afterMs ?? everyMs);
  return { afterMs: delayMs, everyMs: checkedPeriod(what, everyMs) };
}

/** The alarm as it is stored. Throws `actor.bad_input`, `actor.bad_key` and `actor.unknown_method`. */
export function alarmRecord(
  type: AnyActorType,
  name: string,
  options: AlarmOptions,
  set: { readonly unixMs: number; readonly fire: number },
): AlarmRecord {
  const { at, afterMs, everyMs, send, input, missed = "once" } = options;
  const what = `alarm "${checkedName("alarm", name)}"`;
  const given = [at, afterMs, everyMs].filter((time) => time !== undefined);
  if (given.length !== 1) throw badTime(what, "give at, afterMs or everyMs, one of them");
  const encoded = input === undefined ? undefined : encode(input);
  if (typeof encoded === "object") throw badTime(what, `its input is no JSON: ${encoded.problem}`);
  const dueAt = at === undefined ? set.unixMs + checkedTime(what, afterMs ?? everyMs) : checkedTime(what, at);
  return {
    name,
    dueAt: Math.ceil(dueAt),
    everyMs: checkedPeriod(what, everyMs) ?? 0,
    method: checkedWrite(type, send, what).name,
    input: encoded,
    missed,
    fire: set.fire,
  };
}

/** How long to sleep: what is over already is no time at all. Throws `actor.bad_input`. */
export function checkedDelay(delayMs: number): number {
  if (delayMs <= TIME_MAX_MS) return Math.max(0, delayMs);
  throw new RuntimeError("actor.bad_input", `Cannot sleep for ${delayMs} ms: it is no time up to ${TIME_MAX_MS} ms`);
}

function checkedTime(what: string, ms: number | undefined): number {
  if (ms !== undefined && ms >= 0 && ms <= TIME_MAX_MS) return ms;
  throw badTime(what, `${ms} ms is no time from 0 to ${TIME_MAX_MS}`);
}

function checkedPeriod(what: string, everyMs: number | undefined): number | undefined {
  if (everyMs === undefined || everyMs >= 1) return everyMs;
  throw badTime(what, `every ${everyMs} ms is too often, at most each millisecond`);
}

function badTime(what: string, why: string): RuntimeError {
  return new RuntimeError("actor.bad_input", `Cannot set ${what}: ${why}`);
}
