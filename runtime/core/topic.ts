// Topics: a name and a key that values are published to, typed by a schema.
import type { Static, TSchema } from "@sinclair/typebox";

import { assert } from "../base/assert.ts";
import { RuntimeError } from "./errors.ts";
import { keyProblem } from "./key.ts";

/** One topic: a value, cheap to make. Two with one name and key are the same. */
export interface Topic<Value> {
  readonly name: string;
  readonly key: string;
  readonly schema: TSchema;
  /** Never set: carries the type. */
  readonly carries?: Value;
}

/** Makes topics of one kind: `roomEvents("lobby")`. */
export type TopicOf<Value> = (key: string) => Topic<Value>;

const TOPIC_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** Names a kind of topic and what is published to it. Throws on a name or, later, a key that cannot be one. */
export function topic<Schema extends TSchema>(name: string, schema: Schema): TopicOf<Static<Schema>> {
  assert(TOPIC_NAME.test(name), `a topic is named like "room-events", not "${name}"`);
  const topicOf: TopicOf<Static<Schema>> = (key) => {
    const problem = keyProblem(key);
    assert(problem === undefined, `a topic "${name}" cannot have this key: ${problem}`);
    return { name, key, schema };
  };
  return Object.defineProperty(topicOf, "name", { value: name });
}

/** Throws `actor.bad_input` for what is none, such as a kind of topics that was not called. */
export function requireTopic(given: unknown): void {
  if (typeof given === "function" && given.name !== "") {
    const { name } = given;
    const state = `it names many: call it with a key, as in ${name}("lobby")`;
    throw new RuntimeError("actor.bad_input", `Cannot use "${name}" as a topic: ${state}`);
  }
  const { name, key, schema } = (given ?? {}) as Partial<Topic<unknown>>;
  if (typeof name === "string" && typeof key === "string" && typeof schema === "object") return;
  const state = 'a topic is what `topic` gives when it is called with a key, as in lines("lobby")';
  throw new RuntimeError("actor.bad_input", `Cannot use this ${typeof given} as a topic: ${state}`);
}
