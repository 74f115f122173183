// The actor system of one node: finds or starts the actor a message is for, and hands out refs.
import type { TSchema } from "@sinclair/typebox";
import { type TypeCheck, TypeCompiler } from "@sinclair/typebox/compiler";

import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { Caller, NodeServices } from "./cell-host.ts";
import type { Cell } from "./cell.ts";
import type { AnyActorType } from "./definition.ts";
import { Envelope } from "./envelope.ts";
import { accepted, type Receipt, RuntimeError } from "./errors.ts";
import type { ConnectionPort, CoreEvents, SessionHost } from "./ports.ts";
import { type Call, type Courier, createRefClass, type RefTarget } from "./ref.ts";
import { Scheduler } from "./scheduler.ts";
import type { Addressable, CallOptions, Ref } from "./shape.ts";
import { TypeHost } from "./type-host.ts";

export interface SystemOptions {
  readonly clock: Clock;
  /** Every type this node hosts; refs to others cannot be made. */
  readonly types: readonly AnyActorType[];
  readonly events?: Partial<CoreEvents>;
  /** Checks the input of local calls against its schema; on unless told otherwise. */
  readonly checkInputs?: boolean;
}

interface HostedType {
  readonly host: TypeHost;
  readonly RefClass: new (key: string, caller: Caller | undefined) => RefTarget;
}

const ignore = (): void => undefined;

export class ActorSystem implements Courier<Caller>, NodeServices, SessionHost {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly scheduler: Scheduler;
  readonly events: CoreEvents;
  readonly #hosted = new Map<string, HostedType>();
  readonly #checks = new WeakMap<TSchema, TypeCheck<TSchema>>();
  readonly #checkInputs: boolean;
  #busyCells = 0;
  #quiet: PromiseWithResolvers<void> | undefined;
  #draining = false;

  constructor(options: SystemOptions) {
    this.clock = options.clock;
    this.wheel = new TimerWheel(options.clock);
    this.scheduler = new Scheduler(options.clock);
    this.events = { crashed: ignore, refused: ignore, ...options.events };
    this.#checkInputs = options.checkInputs ?? true;
    for (const type of options.types) {
      assert(!this.#hosted.has(type.name), `actor type "${type.name}" is given twice`);
      this.#hosted.set(type.name, { host: new TypeHost(type, this), RefClass: createRefClass(type, this) });
    }
  }

  /** The types this node hosts, with their resident actors and figures. */
  get hosts(): readonly TypeHost[] {
    return Array.from(this.#hosted.values(), ({ host }) => host);
  }

  /** A value: no I/O, nothing is started. Throws `actor.unknown_type` and `actor.bad_key`. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.#ref(type, key, undefined);
  }

  refFrom<Methods>(caller: Caller, type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.#ref(type, key, caller);
  }

  ask(call: Call<Caller>, input: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { target, method, caller } = call;
    const { timeoutMs = limits.askTimeoutMs } = options ?? {};
    if (!Number.isFinite(timeoutMs)) {
      return Promise.reject(
        new RuntimeError("actor.bad_input", `Cannot wait for ${timeoutMs} ms: it is no finite time`),
      );
    }
    const nowMs = this.clock.monotonicMs();
    const ownMs = nowMs + timeoutMs;
    const deadlineMs = Math.min(ownMs, caller?.current?.deadlineMs ?? ownMs);
    const envelope = new Envelope(method, input, `${target.type}/${target.key}`, deadlineMs);
    const answer = envelope.expectAnswer(this.wheel, Math.max(0, deadlineMs - nowMs), options?.signal);
    const failure = envelope.settled ? undefined : this.#deliver(call, envelope);
    if (failure !== undefined) envelope.reject(failure);
    return answer;
  }

  tell(call: Call<Caller>, input: unknown): Receipt {
    const { target, method } = call;
    const failure = this.#deliver(call, new Envelope(method, input, `${target.type}/${target.key}`));
    return failure === undefined ? accepted : { accepted: false, why: failure };
  }

  openSession(type: { readonly name: string }, connection: ConnectionPort): Cell {
    const { host } = this.#hostedType(type.name);
    assert(host.type.session !== undefined, `"${type.name}" is not a session type`);
    assert(!host.cells.has(connection.id), `session "${connection.id}" is open already`);
    const cell = host.start(connection.id, connection);
    cell.put(new Envelope(host.type.session.opened, undefined, cell.address));
    return cell;
  }

  /** Refuses calls from outside from now on, and resolves when no actor has anything left to do. */
  drain(): Promise<void> {
    this.#draining = true;
    if (this.#busyCells === 0) return Promise.resolve();
    this.#quiet ??= Promise.withResolvers();
    return this.#quiet.promise;
  }

  busy(change: 1 | -1): void {
    this.#busyCells += change;
    if (this.#busyCells === 0) this.#quiet?.resolve();
  }

  #ref<Methods>(type: Addressable<Methods>, key: string, caller: Caller | undefined): Ref<Methods> {
    const { RefClass } = this.#hostedType(type.name);
    if (key.length === 0 || key.length > limits.actorKeyLengthMax) {
      const problem =
        key.length === 0 ? "it is empty" : `it has ${key.length} characters, the limit is ${limits.actorKeyLengthMax}`;
      throw new RuntimeError("actor.bad_key", `Cannot address "${type.name}" by this key: ${problem}`);
    }
    return new RefClass(key, caller) as unknown as Ref<Methods>;
  }

  #hostedType(name: string): HostedType {
    const hosted = this.#hosted.get(name);
    if (hosted === undefined)
      throw new RuntimeError("actor.unknown_type", `Cannot find actor type "${name}": this node does not host it`);
    return hosted;
  }

  /** Puts the envelope into the mailbox it is for, starting the actor when it is not resident; or says why not. */
  #deliver({ target, caller }: Call<Caller>, envelope: Envelope): RuntimeError | undefined {
    const bad = this.#checkInputs ? this.#badInput(envelope) : undefined;
    if (bad !== undefined) return bad;
    const { host } = this.#hostedType(target.type);
    if (this.#draining && caller === undefined) {
      return new RuntimeError("system.draining", `Cannot deliver to "${envelope.address}": the node is draining`, {
        stood: "queued",
      });
    }
    const cell = host.cells.get(target.key) ?? this.#start(host, target.key);
    if (cell instanceof RuntimeError) return cell;
    if (cell.offer(envelope)) return undefined;
    host.stats.mailboxFull++;
    const { count, bytes } = cell.mailbox;
    const state = `mailbox holds ${count} messages and ${bytes} bytes, its limit`;
    const message = `Cannot deliver to "${envelope.address}": ${state}`;
    return new RuntimeError("actor.mailbox_full", message, { stood: "queued" });
  }

  #start(host: TypeHost, key: string): Cell | RuntimeError {
    const address = `${host.type.name}/${key}`;
    if (host.type.session !== undefined) {
      return new RuntimeError("actor.stopped", `Cannot deliver to "${address}": its connection is gone`, {
        stood: "queued",
      });
    }
    const resident = this.hosts.reduce((sum, each) => sum + each.cells.size, 0);
    if (resident >= limits.actorsMax) {
      return new RuntimeError(
        "actor.too_many",
        `Cannot start "${address}": ${resident} actors are resident, the limit`,
        { stood: "queued" },
      );
    }
    return host.start(key);
  }

  #compile(schema: TSchema): TypeCheck<TSchema> {
    const check = TypeCompiler.Compile(schema);
    this.#checks.set(schema, check);
    return check;
  }

  #badInput(envelope: Envelope): RuntimeError | undefined {
    const schema = envelope.method.in;
    if (schema === undefined) return undefined;
    const check = this.#checks.get(schema) ?? this.#compile(schema);
    if (check.Check(envelope.input)) return undefined;
    const first = check.Errors(envelope.input).First();
    const where = first === undefined ? "" : ` at "${first.path || "/"}": ${first.message}`;
    return new RuntimeError(
      "actor.bad_input",
      `Cannot call ${envelope.address}.${envelope.method.name}: its input does not fit${where}`,
      { stood: "queued" },
    );
  }
}
