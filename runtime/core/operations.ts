// What an operator does to actors from outside: look, call, put to sleep, stop, release, try dead letters again.
import { shownState } from "./activation.ts";
import { type DeadLetter, letterId } from "./dead-letters.ts";
import type { Method } from "./definition.ts";
import { decode } from "./encoding.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import { type ActorStatus, describe } from "./queries.ts";
import type { CallOptions } from "./shape.ts";
import { type ShownTurn, shownTurns } from "./shown-turns.ts";
import type { AlarmRecord } from "./stored.ts";
import type { ActorSystem } from "./system.ts";
import { checkedMethod } from "./turn-options.ts";

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
  readonly mailbox: number;
  readonly mailboxBytes: number;
  readonly turns: number;
  readonly idleMs: number | undefined;
  readonly alarms: readonly AlarmRecord[];
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

  constructor(system: ActorSystem) {
    this.#system = system;
  }

  /** An ask from outside the process: input and answer are checked. Rejects with a `RuntimeError` or a `Refusal`. */
  async call(target: CallTarget, input: unknown, options: CallOptions = {}): Promise<unknown> {
    const address = this.#system.address(target.type, target.key);
    const method = this.#method(target.type, target.method);
    const bad = this.#system.delivery.badInput(address, method, input);
    if (bad !== undefined) throw bad;
    const answer = await this.#system.delivery.ask(address, method, input, options);
    const { out } = method;
    const problem = out === undefined ? undefined : this.#system.checks.problem(out, answer);
    if (problem === undefined) return answer;
    const message = `Cannot pass on the answer of ${address.name}.${target.method}: it does not fit${problem}`;
    throw new RuntimeError("actor.bad_reply", message, { stood: "running" });
  }

  /** Wakes nobody. Rejects with what stands against the store. */
  async inspect(type: string, key: string): Promise<ActorInspection | undefined> {
    const { host } = this.#system.address(type, key);
    const { clock, store, meter } = this.#system;
    const { status, cell } = describe(host, key);
    const durable = host.type.options.durable === true;
    const stored = durable ? await store.load(type, key) : undefined;
    if (cell === undefined && stored === undefined && status !== "quarantined") return undefined;
    const nowMs = clock.monotonicMs();
    return {
      type,
      key,
      status,
      quarantine: host.quarantined.get(key),
      state: (cell && shownState(cell)) ?? (stored === undefined ? undefined : decode(stored.state)),
      version: stored?.version,
      mailbox: cell?.mailbox.count ?? 0,
      mailboxBytes: cell?.mailbox.bytes ?? 0,
      turns: cell?.turns ?? 0,
      idleMs: cell?.quiet === true ? nowMs - cell.idleSinceMs : undefined,
      alarms: durable ? await store.alarmsOf(type, key) : [],
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
    cell?.requestStop();
    return cell !== undefined;
  }

  /** What waits is put aside; from now on nothing is let in. */
  quarantine(type: string, key: string, reason: string): void {
    this.#system.address(type, key).host.quarantine(key, reason);
  }

  /** Lets messages in again, and alarms that came meanwhile. False when the key was not shut. */
  async release(type: string, key: string): Promise<boolean> {
    const { host } = this.#system.address(type, key);
    if (!host.release(key)) return false;
    this.#system.commits.release(type, key);
    await this.#system.alarms.reload({ type, key });
    return true;
  }

  /** In a turn of the actor, so that it is committed in order. Rejects with `actor.not_durable`. */
  async cancelAlarm(type: string, key: string, name: string): Promise<boolean> {
    const { store } = this.#system;
    const address = this.#system.address(type, key);
    if (!(await store.alarmsOf(type, key)).some((alarm) => alarm.name === name)) return false;
    await this.#system.delivery.ask(address, cancelling(name), undefined, undefined);
    return true;
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

  /** The program may have changed since the letter was written. */
  #send(letter: DeadLetter): RuntimeError | undefined {
    const { delivery } = this.#system;
    const origin = { id: letterId(letter), repeats: false };
    try {
      const address = this.#system.address(letter.type, letter.key);
      const method = this.#method(letter.type, letter.method);
      const bad = delivery.badInput(address, method, letter.input);
      return bad ?? delivery.deliver(address, new Envelope(method, letter.input, undefined, origin), undefined);
    } catch (error) {
      if (error instanceof RuntimeError) return error;
      throw error;
    }
  }

  #method(type: string, name: string): Method {
    return checkedMethod(this.#system.address(type, "any").host.type, name);
  }
}

/** The flight recorder shows no name for it. */
const NO_METHOD_OF_THE_TYPE = 0xffff;

/** Not a method of the type: one of the runtime's own, run as a turn. */
function cancelling(name: string): Method {
  const handler = (context: unknown): void => (context as { cancelAlarm(name: string): void }).cancelAlarm(name);
  return { name: "cancelAlarm", kind: "write", index: NO_METHOD_OF_THE_TYPE, definedAt: "", handler };
}

function inputLost({ type, key, method }: DeadLetter): RuntimeError {
  const message = `Cannot send ${type}/${key}.${method} again: its input was not kept`;
  return new RuntimeError("actor.bad_input", message, { stood: "queued" });
}
