// The alarms of one durable actor as its turns change them: what becomes part of the next commit, and which are void.
import { limits } from "../limits.ts";
import { RuntimeError } from "./errors.ts";
import { type AlarmRecord, isSameFiring } from "./stored.ts";

interface AlarmCommit {
  readonly alarms: { name: string; alarm: AlarmRecord | undefined }[];
}

export class AlarmChanges {
  /** As they are with the last checkpoint. */
  readonly #alarms: Map<string, AlarmRecord>;
  /** Changed in the turn that is running, since then. */
  readonly #turn = new Map<string, AlarmRecord | undefined>();

  constructor(stored: readonly AlarmRecord[]) {
    this.#alarms = new Map(stored.map((alarm) => [alarm.name, alarm]));
  }

  /** The running turn has changed alarms. */
  get any(): boolean {
    return this.#turn.size > 0;
  }

  /** The same name replaces; undefined cancels. Throws `actor.limit_reached` for one too many. */
  set(name: string, alarm: AlarmRecord | undefined): void {
    if (alarm !== undefined && !this.#has(name) && this.#count >= limits.alarmsPerActorMax) {
      const message = `Cannot set alarm "${name}": the actor has ${limits.alarmsPerActorMax}, the limit`;
      throw new RuntimeError("actor.limit_reached", message);
    }
    this.#turn.set(name, alarm);
  }

  #has(name: string): boolean {
    return this.#turn.has(name) ? this.#turn.get(name) !== undefined : this.#alarms.has(name);
  }

  get #count(): number {
    let count = this.#alarms.size;
    for (const [name, alarm] of this.#turn) {
      if (this.#alarms.has(name)) count--;
      if (alarm !== undefined) count++;
    }
    return count;
  }

  /** The turn that this firing brought has cancelled or replaced its alarm. */
  changes(firing: AlarmRecord): boolean {
    return this.#turn.has(firing.name) || !this.isCurrent(firing);
  }

  /** False when the alarm was cancelled or replaced after this firing was sent, or its actor has begun anew since. */
  isCurrent(firing: AlarmRecord): boolean {
    const alarm = this.#alarms.get(firing.name);
    return alarm !== undefined && isSameFiring(alarm, firing);
  }

  /** The running turn's changes become part of this commit. */
  moveTo(commit: AlarmCommit): void {
    for (const [name, alarm] of this.#turn) {
      commit.alarms.push({ name, alarm });
      if (alarm === undefined) this.#alarms.delete(name);
      else this.#alarms.set(name, alarm);
    }
    this.#turn.clear();
  }

  /** The running turn crashed. */
  dropTurn(): void {
    this.#turn.clear();
  }
}
