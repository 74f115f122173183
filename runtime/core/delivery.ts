// Hot. Every call: finds its actor, brings it into memory, and puts the message into its mailbox, or says why not.
import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import type { Address } from "./address.ts";
import { Asking } from "./asking.ts";
import type { NodeServices } from "./cell-host.ts";
import type { Cell } from "./cell.ts";
import { findCycle } from "./deadlock.ts";
import { deepFreeze } from "./deep-freeze.ts";
import type { Method } from "./definition.ts";
import { encode } from "./encoding.ts";
import { Envelope } from "./envelope.ts";
import { accepted, type Receipt, RuntimeError, type RuntimeErrorCode } from "./errors.ts";
import { HeldMessage } from "./held-message.ts";
import { mailboxFull } from "./mailbox.ts";
import type { Courier } from "./ref.ts";
import type { SchemaChecks } from "./schema-checks.ts";
import type { CallOptions, TellOptions } from "./shape.ts";
import { nameProblem } from "./turn-options.ts";
import { mayShare } from "./turn-running.ts";
import type { Turn } from "./turn.ts";

export class Delivery implements Courier {
  readonly #services: NodeServices;
  readonly #clock: Clock;
  readonly #checks: SchemaChecks;
  /** Asks of late: most are answered with their step, or by the next commit, and never need a timer. */
  readonly #young: Asking[] = [];
  #armsSoon = false;
  /** Calls from outside are refused. */
  closed = false;
  /** Actors in memory, of all types. */
  resident = 0;

  constructor(services: NodeServices, checks: SchemaChecks) {
    this.#services = services;
    this.#clock = services.clock;
    this.#checks = checks;
  }

  ask(address: Address, method: Method, input: unknown, options: CallOptions | undefined): Promise<unknown> {
    const { caller } = address;
    const nowMs = this.#clock.monotonicMs();
    this.#services.scheduler.nowMs = nowMs;
    const timeoutMs = options?.timeoutMs ?? limits.askTimeoutMs;
    const inheritedMs = caller === undefined ? Number.POSITIVE_INFINITY : caller.deadlineMs;
    const deadlineMs = Math.min(nowMs + timeoutMs, inheritedMs);
    if (!Number.isFinite(deadlineMs)) return Promise.reject(noFiniteTime(timeoutMs));
    const asking = new Asking(address, method.name, deadlineMs, this.#services.wheel);
    this.#young.push(asking);
    if (options?.signal !== undefined) asking.heed(options.signal);
    this.#services.scheduler.ensureStep();
    if (asking.settled) return asking.promise;
    const envelope = new Envelope(method, input, asking);
    envelope.queuedMs = nowMs;
    if (options?.trace !== undefined) envelope.trace = options.trace;
    this.#send(address, envelope, caller, options?.once);
    return asking.promise;
  }

  tell(address: Address, method: Method, input: unknown, options: TellOptions | undefined): Receipt {
    const { caller } = address;
    const envelope = new Envelope(method, input);
    const problem = this.#prepare(address, envelope, options?.once) ?? this.#holdOrDeliver(address, envelope, caller);
    return problem === undefined ? accepted : { accepted: false, why: problem };
  }

  /** After each step: asks that were not answered in it get their timers, unless they are when the loop has turned. */
  stepOver(): void {
    const young = this.#young;
    while (young.length > 0 && (young[young.length - 1] as Asking).settled) young.pop();
    if (young.length === 0 || this.#armsSoon) return;
    this.#armsSoon = true;
    this.#clock.afterIo(this.#armYoung);
  }

  readonly #armYoung = (): void => {
    this.#armsSoon = false;
    for (let index = 0; index < this.#young.length; index++) (this.#young[index] as Asking).arm();
    this.#young.length = 0;
  };

  /** Asks without an answer. Looks at every timer there is: for the end of a node. */
  openAsks(): readonly Asking[] {
    const owners: readonly object[] = [...this.#young, ...this.#services.wheel.owners()];
    return owners.filter((owner) => owner instanceof Asking).filter(({ settled }) => !settled);
  }

  /** A message of the runtime's own, such as an alarm: goes where it is for, whatever the node is about to do. */
  send(address: Address, envelope: Envelope): RuntimeError | undefined {
    return this.deliver(address, envelope, undefined, true);
  }

  #send(address: Address, envelope: Envelope, caller: Turn | undefined, once?: string): void {
    const asking = envelope.asking as Asking;
    caller?.asked(asking);
    const problem = this.#prepare(address, envelope, once) ?? this.#holdOrDeliver(address, envelope, caller);
    if (problem !== undefined) asking.reject(problem);
  }

  /** What a durable actor sends leaves with its commit; an ask is a checkpoint of what it has changed before. */
  #holdOrDeliver(address: Address, envelope: Envelope, caller: Turn | undefined): RuntimeError | undefined {
    if (caller === undefined) return this.#deliverUncalled(address, envelope);
    envelope.from = caller.cell;
    if (caller.span !== undefined) envelope.trace = caller.span;
    const { durable } = caller.cell;
    if (durable === undefined) return this.deliver(address, envelope, caller);
    if (durable.full !== undefined) return durable.full;
    if (caller.doomed !== undefined) return caller.doomed;
    const isAsk = envelope.asking !== undefined;
    try {
      if (isAsk && caller.method.kind !== "read") durable.checkpoint(caller.cell.state);
    } catch (error) {
      return error as RuntimeError;
    }
    if (caller.span !== undefined && !durable.clean) durable.hold(caller.span.commit());
    durable.hold(new HeldMessage(this, address, envelope, caller));
    // A read has changed nothing: what it sends waits only for what was changed before it.
    if (isAsk || caller.method.kind === "read") durable.letGo();
    return undefined;
  }

  /** From outside; or from what a turn has left behind, which leaves after what its actor has changed. */
  #deliverUncalled(address: Address, envelope: Envelope): RuntimeError | undefined {
    const durable = address.uncommitted;
    if (durable === undefined) return this.deliver(address, envelope, undefined);
    if (durable.full !== undefined) return durable.full;
    durable.hold(new HeldMessage(this, address, envelope, undefined));
    durable.letGo();
    return undefined;
  }

  /** Puts the envelope into the mailbox it is for, starting the actor when it is not resident; or says why not. */
  deliver(address: Address, envelope: Envelope, caller: Turn | undefined, own = false): RuntimeError | undefined {
    const { host, key } = address;
    if (this.closed && caller === undefined && !own) {
      return this.#refused(address, "system.draining", "the node is draining");
    }
    if (host.anyQuarantined && host.quarantined.has(key)) return host.quarantineError(key);
    const cell = address.cell ?? this.#start(address);
    if (cell instanceof RuntimeError) return cell;
    if (
      caller !== undefined &&
      envelope.asking !== undefined &&
      (cell.turn !== undefined || cell.reads !== undefined)
    ) {
      const cycle = cycleProblem(cell, envelope, caller);
      if (cycle === "hurry") return void cell.putControl(envelope);
      if (cycle !== undefined) return cycle;
    }
    if (cell.offer(envelope)) return undefined;
    host.stats.countRejected("actor.mailbox_full");
    return mailboxFull(cell);
  }

  #start(address: Address): Cell | RuntimeError {
    if (address.host.type.session !== undefined) {
      return this.#refused(address, "actor.stopped", "its connection is gone");
    }
    if (this.resident >= limits.actorsMax) {
      return this.#refused(address, "actor.too_many", `${this.resident} actors are resident, the limit`);
    }
    return address.start();
  }

  /** Checks while developing; weighs where the mailbox is bounded by what calls bring; notes what is to be kept. */
  #prepare(address: Address, envelope: Envelope, once: string | undefined): RuntimeError | undefined {
    if (this.#services.development) {
      const problem = this.badInput(address, envelope.method, envelope.input);
      if (problem !== undefined) return problem;
      deepFreeze(envelope.input);
    }
    const problem = address.host.weighs ? this.weigh(address, envelope) : undefined;
    if (problem !== undefined) return problem;
    return once === undefined ? undefined : this.underName(address, envelope, once);
  }

  /** For a mailbox that is bounded by what calls bring: the others need not know. */
  weigh(address: Address, envelope: Envelope): RuntimeError | undefined {
    const encoded = encode(envelope.input);
    if (typeof encoded === "object") {
      return this.#badInputError(address, envelope.method, `its input does not fit: ${encoded.problem}`);
    }
    envelope.bytes = encoded.length;
    return undefined;
  }

  /** Notes that its answer is kept under this name, and that a repeat gets the same; or says why that cannot be. */
  underName(address: Address, envelope: Envelope, once: string): RuntimeError | undefined {
    if (address.host.type.options.durable !== true) {
      return this.#refused(address, "actor.not_durable", "it keeps no result for `once`, its type is not durable");
    }
    const problem = envelope.method.kind === "read" ? "is not for reads, which change nothing" : nameProblem(once);
    if (problem !== undefined) return this.#badInputError(address, envelope.method, `\`once\` ${problem}`);
    envelope.origin = { id: `once:${envelope.method.name}:${once}`, once, repeats: false };
    return undefined;
  }

  /** Whatever comes from outside the process is asked this before it is sent. */
  badInput(address: Address, method: Method, input: unknown): RuntimeError | undefined {
    const problem = this.#checks.inputProblem(method, input);
    return problem === undefined ? undefined : this.#badInputError(address, method, problem);
  }

  #badInputError(address: Address, method: Method, problem: string): RuntimeError {
    address.host.stats.countRejected("actor.bad_input");
    const message = `Cannot call ${address.name}.${method.name}: ${problem}`;
    return new RuntimeError("actor.bad_input", message, { stood: "queued" });
  }

  #refused(address: Address, code: RuntimeErrorCode, why: string): RuntimeError {
    address.host.stats.countRejected(code);
    return new RuntimeError(code, `Cannot deliver to "${address.name}": ${why}`, { stood: "queued" });
  }
}

/** An ask that would wait for whoever waits for it. A read may go before the writes that wait for the reads running. */
function cycleProblem(cell: Cell, envelope: Envelope, caller: Turn): RuntimeError | "hurry" | undefined {
  const joining = cell.turn === undefined ? 0 : 1;
  const sharesReads = cell.isShared && !cell.stopping && mayShare(envelope, cell.reads, joining);
  const goesNext = cell.mailbox.hasOnlyReads && mayShare(envelope, cell.reads, joining + cell.mailbox.count);
  if (sharesReads && goesNext) return undefined;
  const way = findCycle(caller, cell);
  if (way === undefined) return undefined;
  // Only not before what the same actor sent earlier, and what goes before all calls.
  const isBehind = ({ from, origin }: Envelope): boolean => from === caller.cell || origin?.gone !== undefined;
  if (sharesReads && cell.mailbox.find(isBehind) === undefined) return "hurry";
  cell.host.stats.countRejected("actor.cycle");
  const path = `${way} → ${cell.address}.${envelope.method.name}`;
  const message = `Cannot ask "${cell.address}": it waits for the asker: ${path}`;
  return new RuntimeError("actor.cycle", message, { stood: "queued", path });
}

function noFiniteTime(timeoutMs: number): RuntimeError {
  return new RuntimeError("actor.bad_input", `Cannot wait for ${timeoutMs} ms: it is no finite time`);
}
