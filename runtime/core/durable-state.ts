// One durable actor between two commits: what is stored, what its turn has changed, and what may not leave yet.
import { limits } from "../limits.ts";
import { AlarmChanges } from "./alarm-changes.ts";
import type { SentAlarms } from "./cell-host.ts";
import type { AnyActorType } from "./definition.ts";
import { decode } from "./encoding.ts";
import { RuntimeError } from "./errors.ts";
import type { Committing, GroupCommit, HeldOutput, PendingChange } from "./group-commit.ts";
import type { Store } from "./ports.ts";
import type { FlightRecorder, Recorded } from "./recorder.ts";
import { RowChanges } from "./row-changes.ts";
import { decodeState, encodeState, noteIndexed } from "./state-encoding.ts";
import type { Encoded } from "./stored.ts";
import { WatchChanges } from "./watch-changes.ts";

/** The actor whose state it is. */
export interface DurableOwner extends Recorded {
  readonly key: string;
  readonly host: { readonly type: AnyActorType; usesAlarms: boolean };
  readonly services: { readonly alarms: SentAlarms; readonly meter: { readonly recorder: FlightRecorder } };
  /** What it changed is stored; or, with an error, it is not, and the state in memory rests on what is lost. */
  stored(error: RuntimeError | undefined): void;
}

export class DurableState implements Committing {
  readonly #owner: DurableOwner;
  readonly #commits: GroupCommit;
  readonly #store: Store;
  /** The state after the last checkpoint; undefined once it is destroyed. */
  #snapshot: Encoded | undefined;
  /** The indexed fields then, as text; undefined: not known. */
  #indexed: string | undefined;
  /** Of the last checkpoint, and of the last commit. */
  #version = 0;
  #committed = 0;
  /** Changes that the store has not answered for, oldest first: one that it is at work on, and one that follows. */
  readonly #pending: PendingChange[] = [];
  /** Made on first use, as what follows: most actors have no rows. */
  #rows: RowChanges | undefined;
  #alarms: AlarmChanges | undefined;
  #watches: WatchChanges | undefined;
  // What the running turn has done since its last checkpoint.
  #outputs: HeldOutput[] = [];
  #destroyed = false;
  /** What its end has to change, and no checkpoint before. */
  #atEnd: (() => void) | undefined;
  /** What was stored goes with a commit that is under way, or has gone. */
  #gone = false;

  constructor(owner: DurableOwner, commits: GroupCommit, store: Store) {
    this.#owner = owner;
    this.#commits = commits;
    this.#store = store;
  }

  get type(): string {
    return this.#owner.host.type.name;
  }

  get key(): string {
    return this.#owner.key;
  }

  get rows(): RowChanges {
    return (this.#rows ??= new RowChanges(this.type, this.key, this.#store));
  }

  get alarms(): AlarmChanges {
    this.#owner.host.usesAlarms = true;
    return (this.#alarms ??= new AlarmChanges([]));
  }

  get watches(): WatchChanges {
    return (this.#watches ??= new WatchChanges());
  }

  get stateVersion(): number {
    return this.#owner.host.type.options.version ?? 1;
  }

  /** So much waits for the store that no turn may add to it. */
  get crowded(): boolean {
    let waiting = 0;
    for (const { outputs } of this.#pending) waiting += outputs.length;
    return waiting >= limits.heldOutputsMax;
  }

  /** Everything that was changed is stored. */
  get clean(): boolean {
    return this.#pending.length === 0;
  }

  /** There is a checkpoint to go back to. */
  get loaded(): boolean {
    return this.#snapshot !== undefined;
  }

  /** How the actor has ended, where it is asked after its last commit. */
  get endReason(): string {
    return this.#gone ? "destroyed" : "stopped";
  }

  /** The version of the commit that the running turn's changes will be part of. */
  get nextVersion(): number {
    return this.#version + 1;
  }

  /** The state as it is stored, upgraded where it is old, or the first of all. Rejects with what stands against it. */
  async load(): Promise<unknown> {
    this.#gone = this.#destroyed = false;
    const stored = await this.#store.load(this.type, this.key);
    const { type } = this.#owner.host;
    const state = stored === undefined ? type.options.state(this.key) : decodeState(type, this.key, stored);
    // Needed for their bound, and to know which firings are void: of a type that has none stored nobody is asked.
    if (this.#owner.host.usesAlarms) {
      this.#alarms = new AlarmChanges(stored === undefined ? [] : await this.#store.alarmsOf(this.type, this.key));
    }
    this.#version = this.#committed = stored?.version ?? 0;
    const isAsStored = stored !== undefined && stored.stateVersion === this.stateVersion;
    this.#snapshot = isAsStored ? stored.state : encodeState(type, this.key, state);
    this.#indexed = undefined;
    return state;
  }

  /** The state as the last checkpoint left it. */
  restore(): unknown {
    return decode(this.#snapshot as Encoded);
  }

  /** What the running turn has done since its last checkpoint is dropped; what it rests on may be lost. */
  abandon(error: RuntimeError): void {
    for (const output of this.#takeOutputs()) output.discard(error);
    this.#dropChanges();
    this.#atEnd = undefined;
    this.#destroyed = false;
  }

  #dropChanges(): void {
    this.#rows?.dropTurn(this.#pending);
    this.#alarms?.dropTurn();
    this.#watches?.dropTurn();
  }

  /** Leaves with `letGo`, once what was staged before is stored. */
  hold(output: HeldOutput): void {
    this.#outputs.push(output);
  }

  /** As `hold`. Throws `actor.limit_reached` when the running turn holds as much as it may. */
  holdMore(output: HeldOutput): void {
    if (this.full !== undefined) throw this.full;
    this.hold(output);
  }

  /** Why the running turn may hold no more; undefined while it may. */
  get full(): RuntimeError | undefined {
    if (this.#outputs.length < limits.heldOutputsMax) return undefined;
    const message = `Cannot send more from "${this.type}/${this.key}": ${limits.heldOutputsMax} wait for its commit`;
    return new RuntimeError("actor.limit_reached", message, { stood: "queued" });
  }

  destroy(): void {
    this.#destroyed = true;
  }

  /**
   * The turn is over: what has changed since the last checkpoint will be committed with the step. Throws
   * `actor.state_not_encodable` or `actor.state_too_large`, and then has staged nothing.
   */
  stage(state: unknown): void {
    this.#atEnd?.();
    this.#atEnd = undefined;
    this.checkpoint(state);
  }

  /** Until its end a turn may be run again: what brought it stays as it is stored. */
  atEnd(change: () => void): void {
    this.#atEnd = change;
  }

  /** As `stage`, in the middle of a turn. `asStored`: the state is, whatever its bound is by now. */
  checkpoint(state: unknown, asStored = false): PendingChange | undefined {
    if (this.#destroyed && this.#gone) return void this.#dropChanges();
    const kept = asStored ? this.#snapshot : undefined;
    const encoded = this.#destroyed ? undefined : (kept ?? encodeState(this.#owner.host.type, this.key, state));
    const more = this.#rows?.any === true || this.#alarms?.any === true || this.#watches?.any === true;
    return encoded !== this.#snapshot || more ? this.#addChange(encoded, state) : undefined;
  }

  /** What is held leaves when all that was staged is stored, or at once when nothing waits to be. */
  letGo(): void {
    const outputs = this.#takeOutputs();
    const newest = this.#pending.at(-1);
    if (newest === undefined) for (const output of outputs) output.release();
    else if (newest.outputs.length === 0) newest.outputs = outputs;
    else newest.outputs.push(...outputs);
  }

  settled(change: PendingChange, error: RuntimeError | undefined): void {
    if (this.#pending[0] !== change) return; // given up with an earlier one
    if (error !== undefined) return this.#lose(error);
    const wasCrowded = this.crowded;
    this.#pending.shift();
    this.#committed = change.version;
    this.#rows?.committed(change.version);
    for (const output of change.outputs) output.release();
    if (this.clean || wasCrowded) this.#owner.stored(undefined);
  }

  #addChange(encoded: Encoded | undefined, state: unknown): PendingChange {
    let change = this.#pending.at(-1);
    if (change === undefined || change.taken) {
      change = this.#commits.open(this, this.#version);
      change.firstTurn = this.#owner.services.meter.recorder.countOf(this.#owner);
      this.#pending.push(change);
    }
    change.version = ++this.#version;
    change.state = this.#snapshot = encoded;
    this.#gone = encoded === undefined;
    if (encoded !== undefined) this.#indexed = noteIndexed(change, this.#owner.host.type, state, this.#indexed);
    this.#rows?.moveTo(change);
    this.#alarms?.moveTo(change);
    this.#watches?.moveTo(change);
    return change;
  }

  /** The oldest change was not stored: neither is what rests on it. */
  #lose(error: RuntimeError): void {
    const lost = this.#pending.splice(0);
    this.#owner.services.meter.recorder.lost(this.#owner, lost[0]?.firstTurn ?? 0);
    for (const change of lost) {
      if (!change.taken) this.#commits.withdraw(change);
      for (const output of change.outputs) output.discard(error);
    }
    this.abandon(error);
    this.#rows?.forget();
    this.#alarms = undefined;
    this.#version = this.#committed;
    this.#snapshot = undefined;
    this.#gone = false;
    if (this.#owner.host.usesAlarms) this.#owner.services.alarms.lookAgain(this);
    this.#owner.stored(error);
  }

  #takeOutputs(): HeldOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
