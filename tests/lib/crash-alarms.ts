// What must be true of the alarms of one timekeeper, however often its process was killed.
import type { MissedPolicy } from "#runtime/core/stored.ts";
import { limits } from "#runtime/mod.ts";

import { type NotedFiring, PERIODS_MS } from "./crash-actors.ts";

export interface AlarmFacts {
  readonly firings: readonly NotedFiring[];
  /** Alarms that were set to fire once, and are due. */
  readonly oneShots: readonly { readonly name: string; readonly missed: MissedPolicy }[];
  /** The periodic ones were set. */
  readonly begun: boolean;
  /** When the process was started again after that and before they were cancelled, in Unix milliseconds. */
  readonly starts: readonly number[];
}

/** Due while the process was dead, and run after this start. */
export function missedFirings(firings: readonly NotedFiring[], start: number): readonly NotedFiring[] {
  return firings.filter(({ dueAt, at }) => dueAt < start && at >= start);
}

export function alarmProblems(facts: AlarmFacts): readonly string[] {
  const { firings, oneShots, begun } = facts;
  const known = new Set([...oneShots.map(({ name }) => name), ...Object.keys(PERIODS_MS)]);
  const ids = new Set(firings.map(({ id }) => id));
  const problems = oneShots.flatMap(({ name, missed }) => oneShotProblems(name, missed, firings));
  if (ids.size < firings.length) problems.push(`${firings.length - ids.size} firings took effect twice`);
  for (const { name, id, dueAt, at } of firings) {
    if (at < dueAt) problems.push(`${id} fired ${dueAt - at} ms early`);
    if (!known.has(name)) problems.push(`${id} fired, which nobody set`);
  }
  return begun ? [...problems, ...periodicProblems(facts)] : problems;
}

function oneShotProblems(name: string, missed: MissedPolicy, firings: readonly NotedFiring[]): string[] {
  const count = firings.filter((firing) => firing.name === name).length;
  // One that is to be skipped when it is late may have been.
  return count === 1 || (count === 0 && missed === "skip") ? [] : [`alarm ${name} (${missed}) fired ${count} times`];
}

function periodicProblems({ firings, starts }: AlarmFacts): readonly string[] {
  const problems: string[] = [];
  for (const [name, periodMs] of Object.entries(PERIODS_MS)) {
    const own = firings.filter((firing) => firing.name === name);
    const gaps = own.slice(1).map(({ dueAt }, index) => dueAt - (own[index] as NotedFiring).dueAt);
    const fits = (gap: number): boolean => (name === "all" ? gap === periodMs : gap > 0 && gap % periodMs === 0);
    for (const gap of gaps) if (!fits(gap)) problems.push(`periodic "${name}" fired ${gap} ms after its last time`);
    problems.push(...missedProblems(name as MissedPolicy, own, starts));
  }
  return problems;
}

function missedProblems(policy: MissedPolicy, own: readonly NotedFiring[], starts: readonly number[]): string[] {
  const problems: string[] = [];
  const missed = starts.map((start) => missedFirings(own, start));
  if (policy === "once") {
    if (missed.every((each) => each.length === 0)) problems.push("no firing stood for all that were missed");
    for (const each of missed) if (each.length > 1) problems.push(`${each.length} firings stood for those missed`);
  }
  if (policy === "skip") {
    const late = missed.flatMap((each, index) =>
      each.filter(({ dueAt }) => dueAt < (starts[index] as number) - limits.alarmLateMs),
    );
    if (late.length > 0) problems.push(`${late.length} firings were not skipped though they were missed`);
  }
  const last = own.at(-1)?.dueAt ?? 0;
  const caughtUp = last + PERIODS_MS.all > (starts.at(-1) ?? Number.POSITIVE_INFINITY);
  if (policy === "all" && !caughtUp) problems.push("not all firings that were missed were made up for");
  return problems;
}
