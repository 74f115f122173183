// A look at the state: it shows all that is there as it is, and nothing of it can be changed through it.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";
import * as fc from "fast-check";

import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import { isReadOnly, readOnly } from "./read-only.ts";

interface Room {
  name: string;
  members: { name: string }[];
  owner: { name: string } | undefined;
}

function room(): Room {
  const ana = { name: "ana" };
  return { name: "lobby", members: [ana, { name: "rui" }], owner: ana };
}

const changes: Readonly<Record<string, (look: Room) => unknown>> = {
  "a field": (look) => (look.name = "hall"),
  "a field of a field": (look) => ((look.owner as { name: string }).name = "rui"),
  "a field more": (look) => Object.assign(look, { topic: "none" }),
  "a field less": (look) => Reflect.deleteProperty(look, "name"),
  "an item": (look) => look.members.push({ name: "eva" }),
  "an item less": (look) => look.members.pop(),
  "the order": (look) => look.members.sort(),
  "what an item is": (look) => look.members.forEach((member) => (member.name = "eva")),
  "how a field behaves": (look) => Object.defineProperty(look, "name", { value: "hall" }),
  "what it is": (look) => Object.setPrototypeOf(look, null),
  "that it can be changed": (look) => Object.freeze(look),
};

describe("a look at the state", () => {
  test.each(Object.keys(changes))("throws where it would be used to change %s, and nothing is changed", (change) => {
    const state = room();
    expect(() => changes[change]?.(readOnly(state))).toThrow("Cannot change the state in a read");
    expect(state).toEqual(room());
    expect(Object.isExtensible(state)).toBe(true);
  });

  test("shows what is there, also what comes later", () => {
    const state = room();
    const look = readOnly(state);
    state.members.push({ name: "eva" });
    expect(look.members.map(({ name }) => name)).toEqual(["ana", "rui", "eva"]);
  });

  test("shows one thing as the same wherever it is reached", () => {
    const look = readOnly(room());
    expect(look.members.indexOf(look.owner as { name: string })).toBe(0);
    expect(look.owner).toBe(look.members[0] as { name: string });
  });

  test("is an array where an array is", () => {
    expect(Array.isArray(readOnly(room()).members)).toBe(true);
  });

  test("shows what is frozen as it is", () => {
    const state = Object.freeze({ inner: Object.freeze({ count: 1 }) });
    expect(readOnly(state).inner.count).toBe(1);
  });

  test.each([7, "text", true, null, undefined])("of %p is that itself", (value) => {
    expect(readOnly(value)).toBe(value);
  });

  test("leaves a map, a set, a date and an object of a class as they are: their methods would not work", () => {
    class Tally {
      readonly #count = 3;
      get count(): number {
        return this.#count;
      }
    }
    const state = { map: new Map([["a", 1]]), set: new Set([2]), date: new Date(0), tally: new Tally() };
    const look = readOnly(state);
    expect([look.map.get("a"), look.set.has(2), look.date.getTime(), look.tally.count]).toEqual([1, true, 0, 3]);
  });

  test("is the same JSON as what it shows", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(readOnly(value))).toBe(JSON.stringify(value));
      }),
      { seed: 15, numRuns: 200 },
    );
  });

  test("knows what it has made, and is not put on twice", () => {
    const state = room();
    const look = readOnly(state);
    expect([isReadOnly(state), isReadOnly(look), isReadOnly(look.members)]).toEqual([false, true, true]);
    expect(readOnly(look)).toBe(look);
  });
});

describe("the answer of a read", () => {
  const Room = actor("room", { state: room })
    .on("rename", {}, ({ state }) => void (state.name = "hall"))
    .read("all", { out: t.Unsafe<Room>(t.Object({})) }, ({ state }) => state)
    .read("others", { out: t.Unsafe<Room["members"]>(t.Array(t.Object({}))) }, ({ state: { members, owner } }) =>
      members.filter((member) => member !== owner),
    );

  test("may be nested as deep as an answer in production", async () => {
    const Deep = actor("deep", { state: () => ({ value: {} as object }) })
      .on("dig", {}, ({ state }) => {
        for (let level = 0; level < 100_000; level++) state.value = { value: state.value };
      })
      .read("all", { out: t.Unsafe<object>(t.Object({})) }, ({ state }) => state.value);
    const { system, clock } = new SteppedSystem([Deep]);
    system.ref(Deep, "a").tell.dig();
    const all = watch(system.ref(Deep, "a").all());
    await clock.settle();
    expect(all.outcome.kind).toBe("answered");
  });

  test("is no part of the state, though it is what the handler has seen of it", async () => {
    const { system, clock } = new SteppedSystem([Room]);
    const ref = system.ref(Room, "lobby");
    const answered = [ref.all(), ref.others(), ref.rename()].map((each) => watch<unknown>(each));
    await clock.settle();
    const [all, others] = answered.map(({ outcome }) => (outcome as { value: unknown }).value);
    expect([structuredClone(all), others]).toStrictEqual([room(), [{ name: "rui" }]]);
    expect(all).toMatchObject({ name: "lobby", members: [{ name: "ana" }, { name: "rui" }] });
    expect((all as Room).owner).toBe((all as Room).members[0] as { name: string });
    expect(() => ((all as Room).name = "hall")).toThrow();
  });
});
