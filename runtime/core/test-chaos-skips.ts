// What is known of alarms that are skipped when they were missed: which must not come, and which have to.

/** An alarm that is later than this was missed. */
const LATE_MS = 1_000;
/** The clock of the timers needs one more millisecond; a little more is left to it. */
const SLACK_MS = 5;

/** Ahead: its time has not come. Sent: it was due while its actor could be told. Unsure: both may be right. */
type Stage = "ahead" | "sent" | "missed" | "unsure";

interface Skipped {
  readonly key: string;
  readonly dueAt: number;
  stage: Stage;
  /** Its setting was acknowledged before it was due. */
  isPromised: boolean;
}

/** All times are Unix milliseconds. */
export class Skips {
  readonly #alarms = new Map<string, Skipped>();
  /** Keys that are shut, and when they were last seen so. */
  readonly #shut = new Map<string, number>();

  set(name: string, key: string, dueAt: number): void {
    this.#alarms.set(name, { key, dueAt, stage: "ahead", isPromised: false });
  }

  promised(name: string, now: number): void {
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) return;
    if (now < alarm.dueAt) alarm.isPromised = true;
    else if (alarm.stage === "ahead") alarm.stage = "unsure";
  }

  /** It came too late to be heard of. */
  isMissed(name: string): boolean {
    return this.#alarms.get(name)?.stage === "missed";
  }

  /** Those that have to have come in the end. */
  get sent(): readonly (readonly [name: string, key: string])[] {
    return [...this.#alarms].filter(([, { stage }]) => stage === "sent").map(([name, { key }]) => [name, key]);
  }

  /** Timers have run at their own times. */
  passed(from: number, now: number): void {
    for (const alarm of this.#alarms.values()) {
      const { key, dueAt, isPromised, stage } = alarm;
      if (stage !== "ahead" || this.#shut.has(key) || now < dueAt + SLACK_MS) continue;
      alarm.stage = isPromised && from < dueAt + LATE_MS - 100 ? "sent" : "unsure";
    }
  }

  /** What was sent and has not had its turn is forgotten to have been in time. */
  shut(key: string, now: number): void {
    if (this.#shut.has(key)) return;
    this.#shut.set(key, now);
    for (const alarm of this.#of(key)) {
      if (alarm.stage === "sent" || (alarm.stage === "ahead" && alarm.dueAt <= now)) alarm.stage = "unsure";
    }
  }

  /** How the key stands, as somebody has looked. */
  seen(key: string, isShut: boolean, now: number): void {
    const last = this.#shut.get(key);
    if (last === undefined) return;
    if (isShut) return void this.#shut.set(key, now);
    this.#shut.delete(key);
    for (const alarm of this.#of(key)) if (alarm.stage === "ahead") alarm.stage = stageAfter(alarm, last, now);
  }

  /** A process knows nothing of what an earlier one has sent. */
  restarted(now: number, shut: readonly string[]): void {
    this.#shut.clear();
    for (const key of shut) this.#shut.set(key, now);
    for (const alarm of this.#alarms.values()) if (alarm.stage !== "missed") alarm.stage = stageAfter(alarm, now, now);
  }

  /** The clock on the wall was set. */
  stepped(before: number, now: number): void {
    for (const alarm of this.#alarms.values()) {
      const { dueAt, key, stage } = alarm;
      if (stage === "missed" && now <= dueAt + LATE_MS) alarm.stage = "unsure";
      if (stage !== "ahead" || (now > before && this.#shut.has(key))) continue;
      if (dueAt <= before) alarm.stage = "unsure";
      else if (now > before) alarm.stage = dueAt + LATE_MS < now ? "missed" : "unsure";
    }
  }

  #of(key: string): readonly Skipped[] {
    return Array.from(this.#alarms.values()).filter((alarm) => alarm.key === key);
  }
}

/** Nobody could be told until `until`. One that may have come, or been skipped, is not ahead any more. */
function stageAfter({ dueAt, stage }: Skipped, until: number, now: number): Stage {
  if (dueAt + LATE_MS < until) return "missed";
  return stage !== "unsure" && dueAt > now + SLACK_MS ? "ahead" : "unsure";
}
