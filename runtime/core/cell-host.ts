// What a cell asks of the system around it: the services of the node, and its actor type with the figures of that.
import type { Clock } from "../base/clock.ts";
import type { Linked, LinkedList } from "../base/linked-list.ts";
import type { Random } from "../base/random.ts";
import type { TimerWheel } from "../base/timer-wheel.ts";
import type { Gone } from "./context.ts";
import type { AnyActorType } from "./definition.ts";
import type { Envelope } from "./envelope.ts";
import type { RuntimeError } from "./errors.ts";
import type { GroupCommit, PendingChange } from "./group-commit.ts";
import type { MailboxBounds } from "./mailbox.ts";
import type { OpenTurns } from "./open-turns.ts";
import type { ConnectionPort, CoreEvents, Store, TurnProbe, TurnTracer } from "./ports.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SchemaChecks } from "./schema-checks.ts";
import type { Addressable, Ref } from "./shape.ts";
import type { SliceMeter } from "./slice-meter.ts";
import type { AlarmRecord } from "./stored.ts";
import type { FailureRecord } from "./supervision.ts";
import type { Topic } from "./topic.ts";
import type { TurnStats } from "./turn-stats.ts";

/** An actor as the system's tables know it. */
export interface Member {
  readonly key: string;
  readonly host: { readonly type: AnyActorType };
  readonly connection: ConnectionPort | undefined;
}

/** An actor that watches others: what it may not is counted with its type. */
export interface WatchingMember extends Member {
  readonly host: Pick<CellHost, "type" | "stats">;
}

/** A turn, to whoever need not know more of it. */
export interface LiveTurn {
  readonly live: boolean;
}

/** Who wants to know that whom is gone. */
export interface WatchTable {
  watch(watcher: WatchingMember, watched: { readonly type: string; readonly key: string }, method: string): void;
  unwatch(watcher: WatchingMember, watched: { readonly type: string; readonly key: string }): void;
  /** It watches, or will when its commit is stored. */
  isWatching(
    watcher: { readonly type: string; readonly key: string },
    watched: { readonly type: string; readonly key: string },
  ): boolean;
  /** Tells all who watch it. */
  gone(who: Gone): void;
  /** Later, where the store failed. False where the news cannot wait: they are put aside like any other message. */
  bringAgain(watcher: { readonly type: string; readonly key: string; readonly method: string }, gone: Gone): boolean;
  /** Those it watches need not tell it any more. */
  leave(who: { readonly type: string; readonly key: string }): void;
}

/** Each throws `actor.bad_input` for what is no topic. */
export interface TopicTable {
  subscribe(member: Member, topic: Topic<never>, method: string | undefined): void;
  unsubscribe(member: Member, topic: Topic<never>): void;
  /** The actor is gone for good. */
  leave(member: Member): void;
  /** While developing: throws `actor.bad_input` also for a value that does not fit, and freezes it. */
  check(topic: Topic<never>, value: unknown): void;
  /** Returns how many subscribers there are. */
  publish(topic: Topic<never>, value: unknown, from?: { readonly address: string }): number;
  count(topic: Topic<never>): number;
}

export interface SentAlarms {
  /**
   * What was sent to this actor may not have been stored as handled: the store still knows it. `inTime`: alarms that
   * were sent in their time, so that they are not taken for missed ones when they come again.
   */
  lookAgain(who: { readonly type: string; readonly key: string }, ...inTime: readonly AlarmRecord[]): void;
}

/** Whom a message was for. */
export interface Addressee {
  readonly key: string;
  readonly host: CellHost;
}

/** What all cells of a node share. */
export interface NodeServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly wheel: TimerWheel;
  readonly scheduler: Scheduler;
  readonly events: CoreEvents;
  readonly meter: SliceMeter;
  readonly openTurns: OpenTurns;
  readonly probe: TurnProbe | undefined;
  /** Undefined where messages are not followed. */
  readonly tracer: TurnTracer | undefined;
  /** The actor that ran last keeps what it can use again; thousands that are idle keep nothing. */
  readonly warm: { cell: { spareTurn: object | undefined } };
  readonly store: Store;
  readonly commits: GroupCommit;
  readonly watches: WatchTable;
  readonly topics: TopicTable;
  readonly alarms: SentAlarms;
  readonly checks: SchemaChecks;
  /** Whatever may be checked is: inputs of local calls, what reads do to the state, messages changed after sending. */
  readonly development: boolean;
  /** Throws `actor.unknown_type` and `actor.bad_key`. */
  address(type: string, key: string): { readonly type: string; readonly key: string };
  refFrom<Methods>(turn: LiveTurn | undefined, type: Addressable<Methods>, key: string): Ref<Methods>;
  /** Puts a message aside that nobody will handle; with this commit, where one is given. */
  deadLetter(cell: Addressee, envelope: Envelope, why: RuntimeError, commit?: PendingChange): void;
  /** A cell went from idle to busy (+1) or back (-1). */
  busy(change: 1 | -1): void;
  /** A cell came into memory (+1) or left it (-1). */
  resident(change: 1 | -1): void;
  /** How many keys of all types are shut. */
  readonly quarantinedKeys: number;
  /** A key is shut until someone releases it. */
  quarantined(type: string, key: string, reason: string): void;
}

/** What is done to an actor whose key is shut. */
export interface ShutCell extends Linked {
  readonly key: string;
  readonly connection: ConnectionPort | undefined;
  readonly quiet: boolean;
  cancelTimers(): void;
  /** Drops what waits: asks among it are told why, tells are put aside. */
  discardAll(why: RuntimeError): void;
}

/** What the cells of one actor type share. */
export interface CellHost {
  readonly type: AnyActorType;
  /** Its place among the types of the node, from 0. */
  readonly index: number;
  readonly stats: TurnStats;
  readonly services: NodeServices;
  readonly bounds: MailboxBounds;
  readonly hibernates: boolean;
  /** An actor of it has, or had, an alarm. */
  usesAlarms: boolean;
  readonly failures: ReadonlyMap<string, FailureRecord>;
  readonly idle: LinkedList<Linked>;
  becameIdle(member: Linked): void;
  /** Made where there is none. */
  failureOf(key: string): FailureRecord;
  /** False, and the key stays open, when as many keys of the node are shut as may be. */
  quarantine(key: string, reason: string): boolean;
  /** Why a key is shut, by key. */
  readonly quarantined: ReadonlyMap<string, string>;
  /** Some key is shut. */
  readonly anyQuarantined: boolean;
  /** A turn that went on while its key was shut is over: what it has left behind goes. */
  keepShut(cell: ShutCell): void;
  /** The actor is gone for good. */
  left(member: Member, reason: string): void;
  /** The cell has nothing left to do and leaves memory. */
  remove(member: Member): void;
}
