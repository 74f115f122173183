// The key of an actor as a segment of a path: percent-encoded, a slash within it too.

import { t } from "elysia";

import { limits, RuntimeError } from "#runtime/mod.ts";

const { actorKeyLengthMax, nameLengthMax } = limits;

/** For the document: whether a text is a key, and names a type, the node itself decides. */
export const keyPath = t.Object({
  key: t.String({
    title: "key",
    description:
      `1 to ${actorKeyLengthMax} characters, not "." or "..". In an address it is percent-encoded, a slash too: ` +
      "page%2Fhome. This page does that by itself.",
    minLength: 1,
    maxLength: actorKeyLengthMax,
    example: "page/home",
  }),
});

export const actorPath = t.Object({
  type: t.String({ title: "type", description: "The name of an actor type, as GET /actors/types lists it" }),
  ...keyPath.properties,
});

export const alarmPath = t.Object({
  ...actorPath.properties,
  name: t.String({
    title: "name",
    description: "The alarm's name; as the key, percent-encoded",
    maxLength: nameLengthMax,
  }),
});

/** The segment, decoded. Throws `actor.bad_key` where that was not possible: then the router has left null. */
export function keyOf(segment: string | null): string {
  if (segment !== null) return segment;
  throw new RuntimeError("actor.bad_key", "Cannot read the key: it is no percent-encoded UTF-8", { stood: "queued" });
}
