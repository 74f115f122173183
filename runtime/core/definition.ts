// How an author writes an actor: a name, a state, and methods, each with a schema for its input and its answer.
import type { Static, TSchema } from "@sinclair/typebox";

import { assert } from "../base/assert.ts";
import type { ActorContext, SessionContext } from "./context.ts";

export interface Method {
  readonly name: string;
  readonly kind: "write" | "read" | "lifecycle" | "message";
  readonly in?: TSchema;
  readonly out?: TSchema;
  /** Called once a turn; an answer or a promise of one. */
  readonly handler: (context: ActorContext<unknown>, input: unknown) => unknown;
}

export interface MailboxOptions {
  /** Messages; `limits.mailboxMessagesMax` unless given. */
  readonly capacity?: number;
  /** Bytes of undecoded input; `limits.mailboxBytesMax` unless given. */
  readonly bytes?: number;
}

export interface ActorOptions<State> {
  readonly state: (key: string) => State;
  /** Idle time after which the actor leaves memory; `limits.idleStopMs` unless given. */
  readonly hibernateAfterMs?: number;
  readonly mailbox?: MailboxOptions;
}

/** A session is the actor of one connection: it hears of its life and of each message that came over it. */
export interface SessionOptions<State, In, Out> {
  readonly state: (key: string) => State;
  readonly mailbox?: MailboxOptions;
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
export class ActorType<State, Methods = NoMethods, In = never, Out = never> {
  readonly name: string;
  readonly options: ActorOptions<State>;
  readonly session: SessionMethods | undefined;
  readonly methods = new Map<string, Method>();
  /** Never set: carries the method shapes for refs, and the wire types for listeners. */
  declare readonly shape: { methods: Methods; in: In; out: Out };

  constructor(name: string, options: ActorOptions<State>, sessionMethods?: SessionMethods) {
    assert(TYPE_NAME.test(name), `an actor type is named like "chat-room", not "${name}"`);
    const { hibernateAfterMs = 0, mailbox: { capacity = 1, bytes = 1 } = {} } = options;
    assert(hibernateAfterMs >= 0 && Number.isFinite(hibernateAfterMs), `"${name}" needs a finite hibernateAfterMs`);
    assert(capacity >= 1 && Number.isSafeInteger(capacity), `"${name}" needs a mailbox for at least one message`);
    assert(bytes > 0 && Number.isFinite(bytes), `"${name}" needs a mailbox bounded in bytes`);
    this.name = name;
    this.options = options;
    this.session = sessionMethods;
  }

  /** A method that may change the state. */
  on<Name extends string, const Schemas extends MethodSchemas>(
    name: Name,
    schemas: Schemas,
    handler: Handler<ActorContext<State>, StaticOf<Schemas["in"]>, AnswerOf<Schemas["out"]>>,
  ): ActorType<
    State,
    Methods & { [M in Name]: { in: StaticOf<Schemas["in"]>; out: AnswerOf<Schemas["out"]> } },
    In,
    Out
  > {
    return this.#add(name, "write", schemas, handler as Method["handler"]) as never;
  }

  /** A method that only looks: its state is read-only to the compiler. */
  read<Name extends string, const Schemas extends MethodSchemas>(
    name: Name,
    schemas: Schemas,
    handler: Handler<ActorContext<Readonly<State>>, StaticOf<Schemas["in"]>, AnswerOf<Schemas["out"]>>,
  ): ActorType<
    State,
    Methods & { [M in Name]: { in: StaticOf<Schemas["in"]>; out: AnswerOf<Schemas["out"]> } },
    In,
    Out
  > {
    return this.#add(name, "read", schemas, handler as Method["handler"]) as never;
  }

  #add(name: string, kind: "write" | "read", schemas: MethodSchemas, handler: Method["handler"]): this {
    assert(METHOD_NAME.test(name), `a method is named like "addMember", not "${name}"`);
    assert(!RESERVED_NAMES.has(name), `"${name}" is a name that every ref has already`);
    assert(!this.methods.has(name), `"${this.name}" has a method "${name}" already`);
    this.methods.set(name, { name, kind, ...schemas, handler });
    return this;
  }
}

/** Any actor type, where only its name, options and methods matter. */
export interface AnyActorType {
  readonly name: string;
  readonly options: ActorOptions<unknown>;
  readonly session: SessionMethods | undefined;
  readonly methods: ReadonlyMap<string, Method>;
}

export function actor<State>(name: string, options: ActorOptions<State>): ActorType<State> {
  return new ActorType(name, options);
}

const nothing = (): void => undefined;

/** The actor type of connections that carry messages `In` one way and `Out` the other. */
export function session<State, In, Out>(
  name: string,
  options: SessionOptions<State, In, Out>,
): ActorType<State, NoMethods, In, Out> {
  return new ActorType(name, options, {
    opened: { name: "opened", kind: "lifecycle", handler: (options.opened ?? nothing) as unknown as Method["handler"] },
    message: { name: "message", kind: "message", handler: options.message as unknown as Method["handler"] },
    closed: { name: "closed", kind: "lifecycle", handler: (options.closed ?? nothing) as unknown as Method["handler"] },
  });
}
