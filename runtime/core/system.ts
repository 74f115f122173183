// The actor system of one node: what its parts share, refs to its actors, and how it starts and ends.
import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { type Random, systemRandom } from "../base/random.ts";
import { TimerWheel } from "../base/timer-wheel.ts";
import { Address } from "./address.ts";
import { AlarmClock } from "./alarm-clock.ts";
import type { Addressee, LiveTurn, NodeServices } from "./cell-host.ts";
import type { Cell } from "./cell.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { AnyActorType } from "./definition.ts";
import { Delivery } from "./delivery.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import { GroupCommit, type PendingChange } from "./group-commit.ts";
import { HostedTypes } from "./hosted-types.ts";
import { keyProblem } from "./key.ts";
import { type MemoryBudget, MemoryKeeper } from "./memory-keeper.ts";
import { noStore } from "./no-store.ts";
import { NodeRecords } from "./node-records.ts";
import { Notices } from "./notices.ts";
import { OpenTurns } from "./open-turns.ts";
import type { ConnectionPort, CoreEvents, SessionHost, Store, TurnProbe, TurnTracer } from "./ports.ts";
import { FlightRecorder } from "./recorder.ts";
import { safeEvents } from "./safe-events.ts";
import { type RunOrder, Scheduler } from "./scheduler.ts";
import { SchemaChecks } from "./schema-checks.ts";
import type { Addressable, Ref } from "./shape.ts";
import { SliceMeter } from "./slice-meter.ts";
import type { StoredWatch } from "./stored.ts";
import { Topics } from "./topics.ts";
import type { Turn } from "./turn.ts";
import type { TypeHost } from "./type-host.ts";
import { WatchInquiries } from "./watch-inquiries.ts";
import { Watches } from "./watches.ts";

export interface SystemOptions {
  readonly clock: Clock;
  /** Every type this node hosts; refs to others cannot be made. */
  readonly types: readonly AnyActorType[];
  /** Where durable actors are kept. Without one no type may be durable, and dead letters are counted, not kept. */
  readonly store?: Store;
  readonly random?: Random;
  readonly events?: Partial<CoreEvents>;
  readonly memory?: MemoryBudget;
  /** Size of the flight recorder; `limits.recorderBytes` unless given. */
  readonly recorderBytes?: number;
  readonly probe?: TurnProbe;
  readonly tracer?: TurnTracer | undefined;
  /** For tests: which of the ready actors runs next. */
  readonly order?: RunOrder;
  /**
   * Checks what production takes on trust: inputs of local calls and publications against their schemas, messages that
   * are changed after they were sent, reads that change the state. Calls from outside are always checked.
   */
  readonly development?: boolean;
}

export class ActorSystem implements NodeServices, SessionHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: TimerWheel;
  readonly scheduler: Scheduler;
  readonly events: CoreEvents;
  readonly meter: SliceMeter;
  readonly openTurns: OpenTurns;
  readonly probe: TurnProbe | undefined;
  readonly tracer: TurnTracer | undefined;
  readonly warm: NodeServices["warm"] = { cell: { spareTurn: undefined } };
  readonly store: Store;
  readonly commits: GroupCommit;
  readonly records: NodeRecords;
  readonly checks = new SchemaChecks();
  readonly delivery: Delivery;
  readonly watches: Watches;
  readonly #inquiries: WatchInquiries;
  readonly topics: Topics;
  readonly letters: DeadLetters;
  readonly alarms: AlarmClock;
  readonly development: boolean;
  /** The types this node hosts, with their resident actors and figures. */
  readonly hosts: readonly TypeHost[];
  readonly types: HostedTypes;
  /** Undefined without a budget. */
  readonly memory: MemoryKeeper | undefined;
  #busyCells = 0;
  #quiet: PromiseWithResolvers<void> | undefined;

  constructor(options: SystemOptions) {
    const { clock, types, store = noStore, development = true } = options;
    this.clock = clock;
    this.random = options.random ?? systemRandom;
    this.wheel = new TimerWheel(clock);
    this.scheduler = new Scheduler(clock, options.order);
    this.events = safeEvents(options.events ?? {}, clock);
    this.meter = new SliceMeter(clock, new FlightRecorder(options.recorderBytes), (...what) =>
      this.#overBudget(...what),
    );
    this.openTurns = new OpenTurns(clock, this.wheel, this.events);
    this.probe = options.probe;
    this.tracer = options.tracer;
    this.store = store;
    this.development = development;
    for (const { name, options: of } of types) {
      assert(of.durable !== true || store !== noStore, `"${name}" is durable: the system needs a store`);
    }
    const failed = (error: unknown): void => this.events.storeFailed({ error });
    const quiet = (): void => this.#becomeQuiet();
    this.records = new NodeRecords(store, clock, {
      stored: () => void this.commits.batches++,
      refused: (error) => {
        this.commits.failures++;
        failed(error);
      },
      dropped: failed,
      quiet,
    });
    this.commits = new GroupCommit(store, clock, {
      committing: this.records.commit,
      committed: (changes) => this.alarms.committed(changes),
      quiet,
      failed: (error, changes) => {
        failed(error);
        for (const change of changes) this.watches.doubt(change);
      },
    });
    this.scheduler.onStepEnd("settle", () => this.delivery.stepOver());
    this.letters = new DeadLetters(this);
    this.delivery = new Delivery(this, this.checks);
    this.types = new HostedTypes(types, this, this.delivery);
    this.hosts = this.types.hosts;
    const notices = new Notices(this.types, this.delivery);
    this.#inquiries = new WatchInquiries(this.wheel, store);
    this.watches = new Watches({ tell: notices.gone, missing: notices.missing, inquiries: this.#inquiries });
    const { crashed } = this.events;
    this.topics = new Topics(notices.publication, crashed, development ? this.checks : undefined);
    this.alarms = new AlarmClock(clock, this.wheel, store, { fire: notices.alarm, failed });
    this.memory = options.memory && new MemoryKeeper(this.wheel, this.hosts, options.memory);
  }

  /** Takes up what an earlier process left: quarantines, dead letters, watches, alarms. Before that nothing is sent. */
  async start(): Promise<void> {
    for (const { type, key, reason } of await this.store.quarantines()) {
      this.types.find(type)?.shut(key, reason);
    }
    for (const host of this.hosts) host.usesAlarms = await this.store.hasAlarms(host.type.name);
    await this.letters.start();
    await this.#restoreWatches();
    await this.alarms.start();
  }

  /** All at once, so that whoever ends in the first turns is watched already. */
  async #restoreWatches(): Promise<void> {
    const watches: (readonly [StoredWatch, string | undefined])[] = [];
    for (const watch of await this.store.watches()) {
      // A watcher that is shut is told at the first start after its release.
      const isShut = this.types.find(watch.watcherType)?.quarantined.has(watch.watcherKey) === true;
      watches.push([watch, isShut ? undefined : await this.#goneSince(watch.watchedType, watch.watchedKey)]);
    }
    for (const [watch, reason] of watches) this.watches.restore(watch, reason);
  }

  /** A value: no I/O, nothing is started. Throws `actor.unknown_type` and `actor.bad_key`. */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods> {
    return this.refFrom(undefined, type, key);
  }

  refFrom<Methods>(turn: LiveTurn | undefined, type: Addressable<Methods>, key: string): Ref<Methods> {
    const { RefClass } = this.types.get(type.name);
    return new RefClass(this.address(type.name, key, turn as Turn | undefined)) as unknown as Ref<Methods>;
  }

  /** Throws `actor.unknown_type` and `actor.bad_key`. */
  address(type: string, key: string, turn?: Turn): Address {
    const { host } = this.types.get(type);
    const problem = keyProblem(key);
    if (problem === undefined) return new Address(host, key, turn);
    host.stats.countRejected("actor.bad_key");
    throw new RuntimeError("actor.bad_key", `Cannot address "${type}" by this key: ${problem}`);
  }

  openSession(type: { readonly name: string }, connection: ConnectionPort): Cell {
    const { host } = this.types.get(type.name);
    assert(host.type.session !== undefined, `"${type.name}" is not a session type`);
    assert(!host.cells.has(connection.id), `session "${connection.id}" is open already`);
    const cell = host.start(connection.id, connection);
    cell.putControl(new Envelope(host.type.session.opened, undefined));
    return cell;
  }

  /** Refuses calls from outside from now on, and resolves when no actor has anything left to do. */
  drain(): Promise<void> {
    this.delivery.closed = true;
    this.alarms.stop();
    this.#inquiries.stop();
    this.memory?.stop();
    this.records.tryAgain();
    if (this.#isQuiet) return Promise.resolve();
    this.#quiet ??= Promise.withResolvers();
    return this.#quiet.promise;
  }

  busy(change: 1 | -1): void {
    this.#busyCells += change;
    this.#becomeQuiet();
  }

  resident(change: 1 | -1): void {
    this.delivery.resident += change;
  }

  deadLetter(where: Addressee, envelope: Envelope, why: RuntimeError, commit?: PendingChange): void {
    this.letters.add(where, envelope, why, commit);
  }

  get quarantinedKeys(): number {
    return this.hosts.reduce((count, { quarantined }) => count + quarantined.size, 0);
  }

  quarantined(type: string, key: string, reason: string): void {
    this.records.quarantine({ type, key, at: this.clock.unixMs(), reason });
    this.events.quarantined({ type, key, reason });
  }

  #becomeQuiet(): void {
    if (this.#quiet !== undefined && this.#isQuiet) this.#quiet.resolve();
  }

  /** Why an actor that was there in an earlier process is gone; undefined when it is not: something of it is stored. */
  async #goneSince(type: string, key: string): Promise<string | undefined> {
    const host = this.types.find(type);
    if (host?.quarantined.has(key) === true) return "quarantined";
    const stored = host?.type.options.durable === true ? await this.store.load(type, key) : undefined;
    return stored === undefined ? "restarted" : undefined;
  }

  get #isQuiet(): boolean {
    return this.#busyCells === 0 && this.commits.quiet && this.records.quiet;
  }

  #overBudget(...[owner, method, tookMs, turns]: Parameters<ConstructorParameters<typeof SliceMeter>[2]>): void {
    const { host, key } = owner as Cell;
    const { name, definedAt } = method;
    this.events.overBudget({ type: host.type.name, key, method: name, definedAt, tookMs, turns });
  }
}
