// What an operator does to actors from outside: look, call, put to sleep, stop, release, try dead letters again.
import { limits } from "../limits.ts";
import { shownState } from "./activation.ts";
import type { Address } from "./address.ts";
import { CheckedCalls } from "./checked-calls.ts";
import type { DurableContext } from "./context.ts";
import { type DeadLetter, letterId } from "./dead-letters.ts";
import { type Method, runtimeMethod } from "./definition.ts";
import { decode } from "./encoding.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import { type ActorStatus, describe } from "./queries.ts";
import type { CallOptions } from "./shape.ts";
import { type ShownTurn, shownTurns } from "./shown-turns.ts";
import { cancelStoredAlarm, leavesMemory } from "./shut-alarms.ts";
import { checkedState, editInTurn, editShut, type StateEdit } from "./state-edits.ts";
import type { AlarmRecord } from "./stored.ts";
import type { ActorSystem } from "./system.ts";
import { checkedMethod } from "./turn-options.ts";
import type { Turn } from "./turn.ts";

export interface ActorInspection {
  readonly type: string;
  readonly key: string;
  readonly status: ActorStatus;
  /** Why it is shut, where it is. */
  readonly quarantine: string | undefined;
  /** A copy, as it is in memory or as it was last committed; undefined for one that is neither. */
  readonly state: unknown;
  /** Commits so far; undefined for one that is not stored. */
  readonly version: number | undefined;
  /** The state is what was committed last, and no turn is at it: an edit may be made from it. */
  readonly settled: boolean;
  readonly mailbox: number;
  readonly mailboxBytes: number;
  readonly turns: number;
  readonly idleMs: number | undefined;
  readonly alarms: readonly AlarmRecord[];
  /** Turns that go on, and for how many milliseconds they have. */
  readonly running: readonly { readonly method: string; readonly forMs: number }[];
  /** The flight recorder, newest first. */
  readonly recent: readonly ShownTurn[];
}

export interface CallTarget {
  readonly type: string;
  readonly key: string;
  readonly method: string;
}

export class Operations {
  readonly #system: ActorSystem;
  readonly #calls: CheckedCalls;
  /** What was begun last of all that goes one by one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(system: ActorSystem) {
    this.#system = system;
    this.#calls = new CheckedCalls(system);
  }

  /** An ask from outside the process: input and answer are checked. Rejects with a `RuntimeError` or a `Refusal`. */
  async call(target: CallTarget, input: unknown, options: CallOptions = {}): Promise<unknown> {
    const address = this.#system.address(target.type, target.key);
    const method = this.#method(target.type, target.method);
    return this.#calls.ask(address, method, input, options);
  }

  /** Wakes nobody. Rejects with what stands against the store. */
  async inspect(type: string, key: string): Promise<ActorInspection | undefined> {
    const { host } = this.#system.address(type, key);
    const { clock, store, meter } = this.#system;
    const { status, cell } = describe(host, key);
    const durable = host.type.options.durable === true;
    const stored = durable ? await store.load(type, key) : undefined;
    if (cell === undefined && stored === undefined && status !== "quarantined") return undefined;
    const alarms = durable ? await store.alarmsOf(type, key) : [];
    const nowMs = clock.monotonicMs();
    return {
      type,
      key,
      status,
      quarantine: host.quarantined.get(key),
      state: (cell && shownState(cell)) ?? (stored === undefined ? undefined : decode(stored.state)),
      version: stored?.version,
      settled: stored !== undefined && cell?.turn === undefined && cell?.durable?.clean !== false,
      mailbox: cell?.mailbox.count ?? 0,
      mailboxBytes: cell?.mailbox.bytes ?? 0,
      turns: cell?.turns ?? 0,
      idleMs: cell?.quiet === true ? nowMs - cell.idleSinceMs : undefined,
      alarms,
      running: (cell?.blockers() ?? []).map((turn) => runningTurn(turn as Turn, nowMs)),
      recent: cell === undefined ? [] : shownTurns(host.type, meter.recorder.turnsOf(cell), nowMs),
    };
  }

  /** False when it is not idle, or not in memory: then nothing happens. */
  hibernate(type: string, key: string): boolean {
    return this.#system.address(type, key).cell?.hibernate() ?? false;
  }

  /** After the turn that runs, if one does. False when it is not in memory. */
  stop(type: string, key: string): boolean {
    const { cell } = this.#system.address(type, key);
    cell?.requestStop("operator");
    return cell !== undefined;
  }

  /** What waits is put aside; from now on nothing is let in. Throws `actor.limit_reached`. */
  quarantine(type: string, key: string, reason: string): void {
    if (this.#system.address(type, key).host.quarantine(key, reason)) return;
    const message = `Cannot shut "${type}/${key}": ${limits.quarantinedKeysMax} keys of this node are shut, the limit`;
    throw new RuntimeError("actor.limit_reached", message);
  }

  /** Lets messages in again, and alarms that came meanwhile. False when the key was not shut. */
  release(type: string, key: string): Promise<boolean> {
    const { host } = this.#system.address(type, key);
    return this.#oneByOne(async () => {
      if (!host.release(key)) return false;
      this.#system.records.release(type, key);
      await this.#system.alarms.reload({ type, key });
      return true;
    });
  }

  /**
   * False when there is none of this name; true when that is stored. In a turn of the actor, or without one where its
   * key is shut. Rejects with `actor.not_durable`, and with what stands against the turn, or against the store.
   */
  async cancelAlarm(type: string, key: string, name: string): Promise<boolean> {
    const { store, delivery } = this.#system;
    const address = this.#system.address(type, key);
    if (!(await store.alarmsOf(type, key)).some((alarm) => alarm.name === name)) return false;
    if (address.host.quarantined.has(key)) await leavesMemory(this.#system, address);
    if (address.host.quarantined.has(key)) await this.#oneByOne(() => this.#cancelShut(address, name));
    else await delivery.ask(address, cancelling(name), undefined, undefined);
    return true;
  }

  /**
   * Puts this in the place of the state, where `seen` commits of the actor are all there are: an edit never overwrites
   * one that it has not seen. Rejects with `actor.not_durable`, with `actor.bad_input` for what cannot be its state,
   * and with what stands against its turn, or against the store.
   */
  async replaceState(type: string, key: string, seen: number, state: unknown): Promise<StateEdit> {
    const address = this.#system.address(type, key);
    const encoded = checkedState(address, state);
    const isShut = (): boolean => address.host.quarantined.has(key);
    const edit = (): Promise<StateEdit> => (isShut() ? editShut : editInTurn)(this.#system, address, seen, encoded);
    return isShut() ? this.#oneByOne(edit) : edit();
  }

  /** Sends the message again, as a tell that keeps its crashes in mind; the letter goes when it is let in. */
  async replay(id: number): Promise<"accepted" | "unknown" | RuntimeError> {
    const { letters } = this.#system;
    const letter = await letters.get(id);
    if (letter === undefined || letters.isRemoved(id)) return "unknown";
    const problem = letter.inputLost ? inputLost(letter) : this.#send(letter);
    if (problem !== undefined) return problem;
    letters.remove(id);
    return "accepted";
  }

  /** False when there is no such letter. */
  async discard(id: number): Promise<boolean> {
    const { letters } = this.#system;
    const known = (await letters.get(id)) !== undefined && !letters.isRemoved(id);
    if (known) letters.remove(id);
    return known;
  }

  /** It may have been released while this waited for its turn. */
  async #cancelShut(address: Address, name: string): Promise<void> {
    if (address.host.quarantined.has(address.key)) return cancelStoredAlarm(this.#system, address, name);
    await this.#system.delivery.ask(address, cancelling(name), undefined, undefined);
  }

  /** A key that is shut stays shut, and what is stored of it as it is, while something is done that rests on it. */
  #oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** The program may have changed since the letter was written. */
  #send(letter: DeadLetter): RuntimeError | undefined {
    const { delivery } = this.#system;
    try {
      const address = this.#system.address(letter.type, letter.key);
      const method = this.#method(letter.type, letter.method);
      const envelope = new Envelope(method, letter.input);
      const problem = this.#letterProblem(letter, address, envelope);
      envelope.origin = { repeats: false, ...envelope.origin, id: letterId(letter) };
      return problem ?? delivery.deliver(address, envelope, undefined);
    } catch (error) {
      if (error instanceof RuntimeError) return error;
      throw error;
    }
  }

  /** What comes of itself may bring more than its method takes. */
  #letterProblem(letter: DeadLetter, address: Address, envelope: Envelope): RuntimeError | undefined {
    const { delivery } = this.#system;
    const { method, input } = envelope;
    const bad = method.in === undefined ? undefined : delivery.badInput(address, method, input);
    const unnamed = letter.once === undefined ? undefined : delivery.underName(address, envelope, letter.once);
    return bad ?? unnamed ?? (address.host.weighs ? delivery.weigh(address, envelope) : undefined);
  }

  #method(type: string, name: string): Method {
    return checkedMethod(this.#system.address(type, "any").host.type, name);
  }
}

function runningTurn({ methodName, turnStartedMs }: Turn, nowMs: number): ActorInspection["running"][number] {
  return { method: methodName, forMs: nowMs - turnStartedMs };
}

function cancelling(name: string): Method {
  return runtimeMethod("cancelAlarm", (context: unknown) => (context as DurableContext<unknown>).cancelAlarm(name));
}

function inputLost({ type, key, method }: DeadLetter): RuntimeError {
  const message = `Cannot send ${type}/${key}.${method} again: its input was not kept`;
  return new RuntimeError("actor.bad_input", message, { stood: "queued" });
}
