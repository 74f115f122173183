// What an operator may see and do, as the gateway is given it: plain values, read when asked, nothing kept in step.
import type { AboutView, StateEditView, SubscriberView, TopicView } from "./process-view.ts";

/** One actor type a node hosts. `live` counts resident instances; methods carry their schemas as JSON schema. */
export interface ActorTypeView {
  readonly type: string;
  /** What its author says of it; absent where he says nothing. */
  readonly about?: string;
  readonly kind: "actor" | "session";
  /** What its actors change is stored, and so is the answer of a call that may be repeated. */
  readonly durable: boolean;
  /** What is known of its actors is for operators. */
  readonly private: boolean;
  /** Fields of the state that a query may filter on. */
  readonly indexed: readonly string[];
  readonly live: number;
  readonly methods: readonly MethodView[];
}

export interface MethodView {
  readonly name: string;
  readonly kind: "write" | "read";
  readonly about?: string;
  readonly in?: object;
  readonly out?: object;
}

/** Asleep: stored and not in memory. Quarantined: shut until it is released, wherever it is. */
export const ACTOR_STATUSES = [
  "idle",
  "ready",
  "running",
  "suspended",
  "waking",
  "resting",
  "asleep",
  "quarantined",
] as const;

export type ActorStatusView = (typeof ACTOR_STATUSES)[number];

/** One actor. `mailbox` counts messages waiting, `turns` those run since this activation; 0 for one asleep. */
export interface ActorView {
  readonly type: string;
  readonly key: string;
  readonly status: ActorStatusView;
  readonly mailbox: number;
  readonly mailboxBytes: number;
  readonly turns: number;
  readonly idleMs: number;
}

/** All that is known of one actor. */
export interface ActorDetailView extends ActorView {
  /** Why it is shut, where it is. */
  readonly quarantine?: string;
  /** As it is in memory, or as it was last committed; absent where it is neither, or no JSON. */
  readonly state?: unknown;
  /** So far; absent for one that is not stored. */
  readonly commits?: number;
  /** The state is what was committed last: an edit may be made from it. */
  readonly settled: boolean;
  readonly alarms: readonly AlarmView[];
  /** Turns that go on, and for how many milliseconds they have: one, or reads side by side. */
  readonly running: readonly { readonly method: string; readonly forMs: number }[];
  /** The last turns, newest first, … */
  readonly recent: readonly TurnView[];
  /** … and which of them these are, for people. */
  readonly recorded: string;
}

export interface AlarmView {
  readonly name: string;
  /** Unix milliseconds. */
  readonly dueAt: number;
  /** 0: it fires once. */
  readonly everyMs: number;
  readonly method: string;
  readonly input?: unknown;
  readonly missed: "once" | "skip" | "all";
}

export const TURN_OUTCOMES = ["answered", "refused", "crashed", "expired", "cancelled", "lost"] as const;

export interface TurnView {
  readonly method: string;
  readonly outcome: (typeof TURN_OUTCOMES)[number];
  /** Milliseconds since it was over, as all times here. */
  readonly agoMs: number;
  readonly waitMs: number;
  readonly durationMs: number;
}

/** A message that nobody handled. */
export interface DeadLetterView {
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly type: string;
  readonly key: string;
  readonly method: string;
  /** The code of what stood against it. */
  readonly reason: string;
  readonly problem: string;
  /** The actor that sent it, if one did. */
  readonly from?: string;
  /** Not shown where the actor's type is private. */
  readonly input?: unknown;
  /** The input could not be kept: the letter cannot be sent again. */
  readonly inputLost: boolean;
  /** The name under which its answer was to be kept, if it had one. */
  readonly once?: string;
  /** Of one that was sent again and came back: the id it had first. */
  readonly first?: number;
  /** What the actor did last, newest first. */
  readonly turns: readonly TurnView[];
}

/** One open connection and the session actor it feeds. Times are Unix milliseconds. */
export interface SessionView {
  readonly id: string;
  readonly actor: string;
  readonly transport: "tcp" | "tls" | "udp" | "datagram" | "web";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly openedAt: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly outboundBytes: number;
  readonly paused: boolean;
}

export interface SessionQuery extends PageQuery {
  readonly transport?: SessionView["transport"];
  readonly address?: string;
  readonly actorType?: string;
}

/** `session`: what its actor does; absent where no actor hears what comes over it. */
export interface SessionDetailView extends SessionView {
  readonly session?: ActorView;
}

/** At most `limit` items, in a stable order; `next` is the cursor of the page after them, if there may be one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

export interface PageQuery {
  readonly limit: number;
  readonly after?: string;
}

export interface ActorQuery extends PageQuery {
  /** Of all types that are not private, unless given. */
  readonly type?: string;
  readonly keyPrefix?: string;
  readonly status?: ActorStatusView;
  /** As last committed; only together with a type, and only a field that it declares as indexed. */
  readonly where?:
    | { readonly field: string; readonly value: string | number | boolean }
    /** Of a number, 1 or more. */
    | { readonly field: string; readonly atLeast: number };
}

export interface SortedActorsQuery extends Omit<ActorQuery, "after" | "where"> {
  readonly sort: "mailbox" | "turns";
}

/** A call from outside: its input is checked, whatever the node takes on trust from its own actors. */
export interface ActorCall {
  readonly type: string;
  readonly key: string;
  readonly method: string;
  /** Undefined where there is none. */
  readonly input: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** The answer is kept under this name, and a repeat gets it; only for methods that change a durable actor. */
  readonly once?: string;
  /** The header of that name: the trace that the call belongs to. */
  readonly traceparent?: string;
}

/** Actors, seen and acted on. What is wrong with an address or an act is a `RuntimeError`, thrown or rejected with. */
export interface ActorsView {
  actorTypes(): readonly ActorTypeView[];
  /** Ordered by type and key. A page may have fewer than `limit` items and yet a next one. */
  actors(query: ActorQuery): Promise<Page<ActorView>>;
  /** Of those in memory the first in this order, most first. */
  sortedActors(query: SortedActorsQuery): readonly ActorView[];
  /** The answer as JSON text; undefined where the method has none. Rejects with a `Refusal` where the actor refuses. */
  call(call: ActorCall): Promise<string | undefined>;
  /** Wakes nobody. Undefined for an actor that is neither in memory nor stored nor shut. */
  inspect(type: string, key: string): Promise<ActorDetailView | undefined>;
  alarms(type: string, key: string): Promise<readonly AlarmView[]>;
  /** False when there is no such alarm. */
  cancelAlarm(type: string, key: string, name: string): Promise<boolean>;
  /** False while it has something to do or to wait for. True also when it is not in memory. */
  hibernate(type: string, key: string): boolean;
  /** After the turn that runs, if one does. False when it is not in memory. */
  stop(type: string, key: string): boolean;
  quarantine(type: string, key: string, reason: string): void;
  /** Puts this in the place of the state, where `seen` commits of the actor are all there are. */
  replaceState(type: string, key: string, seen: number, state: unknown): Promise<StateEditView>;
  /** False when it was not in quarantine. */
  release(type: string, key: string): Promise<boolean>;
}

export interface DeadLetterQuery extends Pick<ActorQuery, "limit" | "type"> {
  readonly before?: number;
  readonly reason?: string;
}

export interface DeadLettersView {
  /** Newest first. A page may have fewer than `limit` items and yet a next one. */
  deadLetters(query: DeadLetterQuery): Promise<Page<DeadLetterView>>;
  deadLetter(id: number): Promise<DeadLetterView | undefined>;
  /** Sends the message again and forgets the letter; false when there is none. Rejects with why it was not let in. */
  replay(id: number): Promise<boolean>;
  /** False when there is no such letter. */
  discard(id: number): Promise<boolean>;
}

/** `why` is "starting", "draining" or the code of what the store fails with; `problem` says the same for people. */
export interface NotReady {
  readonly why: string;
  readonly problem?: string;
}

export type Readiness = { readonly ready: true } | ({ readonly ready: false } & NotReady);

/** A running node, as an operator sees it and acts on it. */
export interface NodeView extends ActorsView, DeadLettersView {
  /** Not ready while starting, while draining, and while the store fails. */
  readiness(): Readiness;
  about(): AboutView;
  sessions(query: SessionQuery): Page<SessionView>;
  session(sessionId: string): SessionDetailView | undefined;
  /** Ends one session with reason `disconnected_by_operator`; false when there is none. `why` goes to the log. */
  disconnect(sessionId: string, why?: string): boolean;
  /** In the order of their names. */
  topics(query: PageQuery & { readonly prefix?: string }): Page<TopicView>;
  /** In the order of their addresses; undefined where nobody has subscribed. */
  subscribers(topic: string, query: PageQuery): Page<SubscriberView> | undefined;
  /** Prometheus text exposition, format 0.0.4. */
  metrics(): Promise<string>;
}
