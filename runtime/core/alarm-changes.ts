// The alarms of one durable actor as its turns change them: what becomes part of the next commit, and which are void.
import { limits } from "../limits.ts";
import { RuntimeError } from "./errors.ts";
import type { AlarmRecord } from "./stored.ts";

interface AlarmCommit {
  readonly version: number;
  readonly alarms: { name: string; alarm: AlarmRecord | undefined }[];
}

export class AlarmChanges {
  /** Alarms that there are, with the last checkpoint. */
  readonly #names: Set<string>;
  /** Changed in the turn that is running, since its last checkpoint. */
  readonly #turn = new Map<string, AlarmRecord | undefined>();
  /** At which version this activation changed an alarm last: a firing of an earlier one is void. */
  readonly #versions = new Map<string, number>();
  /** All that were stored when the actor came into memory are known. */
  readonly #complete: boolean;

  /** `stored`: undefined where nobody has looked. */
  constructor(stored: readonly AlarmRecord[] | undefined) {
    this.#complete = stored !== undefined;
    this.#names = new Set(stored?.map(({ name }) => name));
    for (const { name, fire } of stored ?? []) this.#versions.set(name, fire);
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
    return this.#turn.has(name) ? this.#turn.get(name) !== undefined : this.#names.has(name);
  }

  get #count(): number {
    let count = this.#names.size;
    for (const [name, alarm] of this.#turn) {
      if (this.#names.has(name)) count--;
      if (alarm !== undefined) count++;
    }
    return count;
  }

  /** The turn that this firing brought has cancelled or replaced its alarm. */
  changes(alarm: AlarmRecord): boolean {
    return this.#turn.has(alarm.name) || !this.isCurrent(alarm);
  }

  /** False when the alarm was cancelled or replaced after this firing was sent. */
  isCurrent(alarm: AlarmRecord): boolean {
    const version = this.#versions.get(alarm.name);
    return version === undefined ? !this.#complete : version === alarm.fire;
  }

  /** The running turn's changes become part of this commit. */
  moveTo(commit: AlarmCommit): void {
    for (const [name, alarm] of this.#turn) {
      commit.alarms.push({ name, alarm });
      this.#versions.set(name, commit.version);
      if (alarm === undefined) this.#names.delete(name);
      else this.#names.add(name);
    }
    this.#turn.clear();
  }

  /** The running turn crashed. */
  dropTurn(): void {
    this.#turn.clear();
  }
}
