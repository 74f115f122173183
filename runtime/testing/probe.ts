// A stand-in for an actor that the one under test talks to: it writes down what it hears, and answers as it was told.
import { isDeepStrictEqual } from "node:util";

import { Type as t } from "@sinclair/typebox";

import type { ActorContext } from "../core/context.ts";
import { actor, ActorType, type AnyActorType, type Method } from "../core/definition.ts";
import { Refusal } from "../core/errors.ts";
import type { Addressable, MethodShape } from "../core/shape.ts";

export interface Received {
  /** Of the actor that it was sent to. */
  readonly key: string;
  readonly method: string;
  readonly input: unknown;
}

type InOf<Methods, Name extends keyof Methods> = Methods[Name] extends MethodShape ? Methods[Name]["in"] : never;
type OutOf<Methods, Name extends keyof Methods> = Methods[Name] extends MethodShape ? Methods[Name]["out"] : never;
type Answer<In, Out> = Out | ((input: In, key: string) => Out | Promise<Out>);
type Reply = (input: unknown, key: string) => unknown;

/** Stands for all actors of its type, whatever their keys. */
export class Probe<Methods> {
  /** To be hosted in the place of the type it stands for. */
  readonly type: AnyActorType & Addressable<Methods>;
  /** All that it has heard, in order. */
  readonly received: Received[] = [];
  /** Heard, and not yet expected. */
  #unread: Received[] = [];
  readonly #waiting: ((received: Received) => void)[] = [];
  readonly #standing = new Map<string, Reply>();
  readonly #scripted = new Map<string, Reply[]>();

  constructor(like: AnyActorType) {
    this.type = standIn(like, (method, key, input) => this.#hear(method, key, input)) as Probe<Methods>["type"];
  }

  /** What `method` answers from now on: a value, or a function of the input, which may be async, wait, or throw. */
  answer<Name extends keyof Methods & string>(
    method: Name,
    answer: Answer<InOf<Methods, Name>, OutOf<Methods, Name>>,
  ): void {
    this.#standing.set(method, asReply(answer));
  }

  /** As `answer`, for the next call only; several are used one after the other. */
  answerNext<Name extends keyof Methods & string>(
    method: Name,
    answer: Answer<InOf<Methods, Name>, OutOf<Methods, Name>>,
  ): void {
    this.#scripted.set(method, [...(this.#scripted.get(method) ?? []), asReply(answer)]);
  }

  /** `method` says no from now on. */
  refuse(method: keyof Methods & string, code: string): void {
    this.#standing.set(method, () => {
      throw new Refusal(code);
    });
  }

  /** The next message not expected yet: throws unless it is of this method and, where one is given, has this input. */
  expect<Name extends keyof Methods & string>(method: Name, input?: InOf<Methods, Name>): Received {
    const next = this.#unread.shift();
    const fits = next?.method === method && (input === undefined || isDeepStrictEqual(next.input, input));
    if (next !== undefined && fits) return next;
    const wanted = `${method}(${input === undefined ? "" : JSON.stringify(input)})`;
    throw new Error(`Expected ${wanted} next in "${this.type.name}", but it heard ${next ? told(next) : "nothing"}`);
  }

  /** Throws when it has heard anything that was not expected. */
  expectNothing(): void {
    const [next] = this.#unread;
    if (next !== undefined) throw new Error(`Expected nothing in "${this.type.name}", but it heard ${told(next)}`);
  }

  /** The next message that was not expected yet, as soon as it comes. */
  next(): Promise<Received> {
    const next = this.#unread.shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  /** As it was when it was made: nothing heard, nothing to answer. */
  forget(): void {
    this.received.length = 0;
    this.#unread = [];
    this.#standing.clear();
    this.#scripted.clear();
  }

  #hear(method: Method, key: string, input: unknown): unknown {
    const received = { key, method: method.name, input };
    this.received.push(received);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#unread.push(received);
    else waiting(received);
    const reply = this.#scripted.get(method.name)?.shift() ?? this.#standing.get(method.name);
    if (reply !== undefined) return reply(input, key);
    if (method.out === undefined) return undefined;
    throw new Error(`The probe "${this.type.name}" was not told what ${method.name} answers`);
  }
}

/** A probe that stands for `like`; or one of its own type, "probe", whose method `hear` takes any input. */
export function createProbe<Methods>(like: AnyActorType & Addressable<Methods>): Probe<Methods>;
export function createProbe(): Probe<{ hear: { in: unknown; out: undefined } }>;
export function createProbe(like: AnyActorType = plainType()): unknown {
  return new Probe(like);
}

function plainType(): AnyActorType {
  return actor("probe", { state: () => ({}) }).on("hear", { in: t.Unknown() }, () => undefined);
}

/** Same name, same methods, no state. */
function standIn(
  { name, options, methods }: AnyActorType,
  hear: (method: Method, key: string, input: unknown) => unknown,
): AnyActorType {
  const { durable = false, mailbox = {} } = options;
  const type = new ActorType(name, { state: () => ({}), durable, mailbox });
  for (const method of methods.values()) {
    const schemas = { ...(method.in && { in: method.in }), ...(method.out && { out: method.out }) };
    const handler = (context: Pick<ActorContext<unknown>, "key">, input: unknown): unknown =>
      hear(method, context.key, input);
    if (method.kind === "read") type.read(method.name, schemas, handler);
    else type.on(method.name, schemas, handler);
  }
  return type;
}

function asReply<In, Out>(answer: Answer<In, Out>): Reply {
  return typeof answer === "function" ? (answer as Reply) : () => answer;
}

function told({ method, key, input }: Received): string {
  return `${method}(${input === undefined ? "" : JSON.stringify(input)}) for "${key}"`;
}
