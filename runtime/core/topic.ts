// Topics: a name and a key that values are published to, typed by a schema.
import type { Static, TSchema } from "@sinclair/typebox";

import { assert } from "../base/assert.ts";
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
  return (key) => {
    const problem = keyProblem(key);
    assert(problem === undefined, `a topic "${name}" cannot have this key: ${problem}`);
    return { name, key, schema };
  };
}
