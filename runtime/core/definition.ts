// How an author writes an actor: a name, a state, and methods, each with a schema for its input and its answer.
import type { Static, TSchema } from "@sinclair/typebox";

import { assert } from "../base/assert.ts";
import { limits } from "../limits.ts";
import type { ActorContext, DurableContext, DurableReadContext, ReadContext, SessionContext } from "./context.ts";

export interface Method {
  readonly name: string;
  readonly kind: "write" | "read" | "lifecycle" | "message";
  /** Its place in the type, counted from 0. */
  readonly index: number;
  readonly in?: TSchema;
  readonly out?: TSchema;
  /** File and line. */
  readonly definedAt: string;
  /** Called once a turn; an answer or a promise of one. */
  readonly handler: (context: ActorContext<unknown>, input: unknown) => unknown;
}

export interface MailboxOptions {
  /** Messages; `limits.mailboxMessagesMax` unless given. */
  readonly capacity?: number;
  /**
   * Bytes of what waits; `limits.mailboxBytesMax` unless given. Undecoded input always counts; inputs of calls count,
   * by the length of their text as JSON, where this is given.
   */
  readonly bytes?: number;
  /** Of a session: messages of the capacity that its connection does not fill, for calls by others; 0 unless given. */
  readonly keptForCalls?: number;
}

export interface ActorOptions<State> {
  /** What an actor of this type is, and what its key is, in a sentence without its full stop: shown over HTTP. */
  readonly about?: string;
  /** What each of its methods does, by name, in the same way. */
  readonly aboutMethods?: Readonly<Record<string, string>>;
  /** The state of an actor that has none yet. */
  readonly state: (key: string) => State;
  /** State, rows, alarms and watches are committed before anything of the turn that changed them leaves. */
  readonly durable?: boolean;
  /** Of the state's shape: 1 unless given. A stored state of a later version is refused, never overwritten. */
  readonly version?: number;
  /** `upgrade[1]` makes a state of version 2 out of one of version 1, and so on; run when an older state wakes. */
  readonly upgrade?: Readonly<Record<number, (old: never) => unknown>>;
  /** Its states and its letters are not for everybody who may look: over HTTP all of it takes the role operator. */
  readonly private?: boolean;
  /** Its methods are for actors of this node alone: they can be looked at over HTTP, and are not called from there. */
  readonly internal?: boolean;
  /** Fields of the state that queries may filter on: texts, numbers and booleans. At most 8. */
  readonly indexed?: readonly (keyof State & string)[];
  /** The state as JSON, in UTF-16 code units; `limits.stateLengthMax` unless given. */
  readonly stateLengthMax?: number;
  /**
   * Answers that one actor keeps for `once`; `limits.onceResultsMax` unless given. It may be raised in a later release,
   * not lowered: what was kept beyond it would never go.
   */
  readonly onceResultsMax?: number;
  /** Idle time after which the actor leaves memory; `limits.idleStopMs` unless given. */
  readonly hibernateAfterMs?: number;
  readonly mailbox?: MailboxOptions;
}

/** A session is the actor of one connection: it hears of its life and of each message that came over it. */
export interface SessionOptions<State, In, Out> {
  readonly state: (key: string) => State;
  readonly private?: boolean;
  readonly internal?: boolean;
  readonly mailbox?: MailboxOptions;
  /** Idle time after which the state, JSON then, is packed away while the connection stays; never unless given. */
  readonly hibernateAfterMs?: number;
  readonly opened?: (session: SessionContext<State, Out>) => void | Promise<void>;
  readonly message: (session: SessionContext<State, Out>, message: In) => void | Promise<void>;
  /** The last turn, run exactly once however the connection ended; nothing can be sent any more. */
  readonly closed?: (session: SessionContext<State, Out>, reason: string) => void | Promise<void>;
}

export interface SessionMethods {
  readonly opened: Method;
  readonly message: Method;
  readonly closed: Method;
}

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;
type AnswerOf<Schema> = Schema extends TSchema ? Static<Schema> : void;
type Handler<Context, In, Out> = (actor: Context, input: In) => Out | Promise<Out>;
type WriteContext<State, Durable, Out> = Durable extends true
  ? DurableContext<State>
  : [Out] extends [never]
    ? ActorContext<State>
    : SessionContext<State, Out>;
type LookContext<State, Durable> = Durable extends true ? DurableReadContext<State> : ReadContext<State>;

export interface MethodSchemas {
  readonly in?: TSchema;
  readonly out?: TSchema;
}

/** Names a ref has of its own. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "tell",
  "key",
  "type",
  "constructor",
  "then",
  "toString",
  "toJSON",
]);
const TYPE_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const METHOD_NAME = /^[a-z][A-Za-z0-9_]{0,62}$/;

// oxlint-disable-next-line typescript/no-empty-object-type -- the start of an accumulated map of methods
type NoMethods = {};

/** A type of actor. `on` and `read` add a method and return the same type, now knowing it. */
export class ActorType<State, Methods = NoMethods, In = never, Out = never, Durable extends boolean = false> {
  readonly name: string;
  readonly options: ActorOptions<State>;
  readonly session: SessionMethods | undefined;
  readonly methods = new Map<string, Method>();
  /** Never set: carries the method shapes for refs, and the wire types for listeners. */
  declare readonly shape: { methods: Methods; in: In; out: Out };

  constructor(name: string, options: ActorOptions<State>, sessionMethods?: SessionMethods) {
    assert(TYPE_NAME.test(name), `an actor type is named like "chat-room", not "${name}"`);
    const { hibernateAfterMs = 0, mailbox = {}, version = 1, indexed = [] } = options;
    const { capacity = limits.mailboxMessagesMax, bytes = 1, keptForCalls = 0 } = mailbox;
    assert(version >= 1 && Number.isSafeInteger(version), `"${name}" needs a whole version from 1 on`);
    assert(
      indexed.length <= limits.indexedFieldsMax,
      `"${name}" has more than ${limits.indexedFieldsMax} indexed fields`,
    );
    assert(indexed.length === 0 || options.durable === true, `"${name}" is not durable: it has nothing to be indexed`);
    assert(hibernateAfterMs >= 0 && Number.isFinite(hibernateAfterMs), `"${name}" needs a finite hibernateAfterMs`);
    const { onceResultsMax = 1 } = options;
    assert(onceResultsMax >= 1 && Number.isSafeInteger(onceResultsMax), `"${name}" needs to keep at least one answer`);
    assert(capacity >= 1 && Number.isSafeInteger(capacity), `"${name}" needs a mailbox for at least one message`);
    assert(keptForCalls >= 0 && keptForCalls < capacity, `"${name}" needs room for its connection in its mailbox`);
    assert(bytes > 0 && Number.isFinite(bytes), `"${name}" needs a mailbox bounded in bytes`);
    this.name = name;
    this.options = options;
    this.session = sessionMethods;
  }

  /** A method that may change the state. */
  on<Name extends string, const Schemas extends MethodSchemas>(
    name: Name,
    schemas: Schemas,
    handler: Handler<WriteContext<State, Durable, Out>, StaticOf<Schemas["in"]>, AnswerOf<Schemas["out"]>>,
  ): ActorType<
    State,
    Methods & { [M in Name]: { in: StaticOf<Schemas["in"]>; out: AnswerOf<Schemas["out"]> } },
    In,
    Out,
    Durable
  > {
    return this.#add(name, "write", schemas, handler as unknown as Method["handler"]) as never;
  }

  /** A method that only looks, at a state it cannot change: it may share the actor with other reads. */
  read<Name extends string, const Schemas extends MethodSchemas>(
    name: Name,
    schemas: Schemas,
    handler: Handler<LookContext<Readonly<State>, Durable>, StaticOf<Schemas["in"]>, AnswerOf<Schemas["out"]>>,
  ): ActorType<
    State,
    Methods & { [M in Name]: { in: StaticOf<Schemas["in"]>; out: AnswerOf<Schemas["out"]> } },
    In,
    Out,
    Durable
  > {
    return this.#add(name, "read", schemas, handler as unknown as Method["handler"]) as never;
  }

  #add(name: string, kind: "write" | "read", schemas: MethodSchemas, handler: Method["handler"]): this {
    assert(METHOD_NAME.test(name), `a method is named like "addMember", not "${name}"`);
    assert(!RESERVED_NAMES.has(name), `"${name}" is a name that every ref has already`);
    assert(!this.methods.has(name), `"${this.name}" has a method "${name}" already`);
    assert(this.methods.size < limits.methodsMax, `"${this.name}" has ${limits.methodsMax} methods, the limit`);
    const index = methodsInOrder(this).length;
    this.methods.set(name, { name, kind, ...schemas, handler, index, definedAt: callerPlace() });
    return this;
  }
}

/** The flight recorder shows no method of the type for it. */
const NO_METHOD_OF_THE_TYPE = 0xffff;

/** Not a method of an actor type: one of the runtime's own, run as a turn. */
export function runtimeMethod(name: string, handler: Method["handler"]): Method {
  return { name, kind: "write", index: NO_METHOD_OF_THE_TYPE, definedAt: "", handler };
}

/** Any actor type, where only its name, options and methods matter. */
export interface AnyActorType {
  readonly name: string;
  readonly options: Omit<ActorOptions<unknown>, "indexed"> & { readonly indexed?: readonly string[] };
  readonly session: SessionMethods | undefined;
  readonly methods: ReadonlyMap<string, Method>;
}

/** In the order of their indices: the three of a session come before those that it is asked and told by. */
export function methodsInOrder(type: Pick<AnyActorType, "session" | "methods">): readonly Method[] {
  return [...Object.values(type.session ?? {}), ...type.methods.values()];
}

export function actor<State>(
  name: string,
  options: ActorOptions<State> & { readonly durable: true },
): ActorType<State, NoMethods, never, never, true>;
export function actor<State>(name: string, options: ActorOptions<State>): ActorType<State>;
export function actor<State>(name: string, options: ActorOptions<State>): unknown {
  return new ActorType(name, options);
}

const nothing = (): void => undefined;

/** The actor type of connections that carry messages `In` one way and `Out` the other. */
export function session<State, In, Out>(
  name: string,
  options: SessionOptions<State, In, Out>,
): ActorType<State, NoMethods, In, Out> {
  const definedAt = callerPlace();
  const { opened = nothing, message, closed = nothing, ...rest } = options;
  const method = (called: string, kind: Method["kind"], index: number, handler: unknown): Method => ({
    name: called,
    kind,
    index,
    definedAt,
    handler: handler as Method["handler"],
  });
  return new ActorType(name, rest, {
    opened: method("opened", "lifecycle", 0, opened),
    message: method("message", "message", 1, message),
    closed: method("closed", "lifecycle", 2, closed),
  });
}

/** File and line of whoever called the function that calls this, or "" where the stack does not say. */
function callerPlace(): string {
  const lines = (new Error("place").stack ?? "").split("\n").filter((line) => !line.includes("/core/definition.ts"));
  const places = lines.map((line) => /([^\s(]+:\d+):\d+\)?$/.exec(line)?.[1]);
  return places.find((place) => place !== undefined) ?? "";
}
