// The alarms of one durable actor as its turns change them: what becomes part of the next commit, and which are void.
import type { AlarmRecord } from "./stored.ts";

interface AlarmCommit {
  readonly version: number;
  readonly alarms: { name: string; alarm: AlarmRecord | undefined }[];
}

export class AlarmChanges {
  /** Changed in the turn that is running, since its last checkpoint. */
  readonly #turn = new Map<string, AlarmRecord | undefined>();
  /** At which version this activation changed an alarm last: a firing of an earlier one is void. */
  readonly #versions = new Map<string, number>();

  /** The running turn has changed alarms. */
  get any(): boolean {
    return this.#turn.size > 0;
  }

  /** The same name replaces; undefined cancels. */
  set(name: string, alarm: AlarmRecord | undefined): void {
    this.#turn.set(name, alarm);
  }

  /** The turn that this firing brought has cancelled or replaced its alarm. */
  changes(alarm: AlarmRecord): boolean {
    return this.#turn.has(alarm.name) || !this.isCurrent(alarm);
  }

  /** False when the alarm was cancelled or replaced after this firing was sent. */
  isCurrent(alarm: AlarmRecord): boolean {
    return (this.#versions.get(alarm.name) ?? alarm.fire) === alarm.fire;
  }

  /** The running turn's changes become part of this commit. */
  moveTo(commit: AlarmCommit): void {
    for (const [name, alarm] of this.#turn) {
      commit.alarms.push({ name, alarm });
      this.#versions.set(name, commit.version);
    }
    this.#turn.clear();
  }

  /** The running turn crashed. */
  dropTurn(): void {
    this.#turn.clear();
  }
}
