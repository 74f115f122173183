// What an author may write, and what is told at once that it cannot be.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { actor, methodsInOrder, session } from "./definition.ts";

const empty = { state: () => ({}) };

describe("an actor type", () => {
  test("keeps its methods in the order they were written", () => {
    const type = actor("counter", empty)
      .on("add", {}, () => undefined)
      .read("value", {}, () => undefined);
    expect(Array.from(type.methods.values(), ({ name, kind }) => `${kind} ${name}`)).toEqual([
      "write add",
      "read value",
    ]);
  });

  test.each(["a", "chat-room", "a1", "a".repeat(63)])("may be called %p", (name) => {
    expect(actor(name, empty).name).toBe(name);
  });

  test.each(["", "Chat", "1st", "chat_room", "chat/room", "-a", "a".repeat(64)])("may not be called %p", (name) => {
    expect(() => actor(name, empty)).toThrow("an actor type is named like");
  });

  test.each(["add", "addMember", "a_1", "a".repeat(63)])("may have a method %p", (name) => {
    expect(
      actor("test", empty)
        .on(name, {}, () => undefined)
        .methods.has(name),
    ).toBe(true);
  });

  test.each(["", "Add", "1st", "add-member", "_add", "__proto__", "a".repeat(64)])(
    "may not have a method %p",
    (name) => {
      expect(() => actor("test", empty).on(name, {}, () => undefined)).toThrow("a method is named like");
    },
  );

  test.each(["tell", "key", "type", "then", "constructor", "toString", "toJSON"])(
    "may not have a method %p, which every ref has already",
    (name) => {
      expect(() => actor("test", empty).on(name, {}, () => undefined)).toThrow("every ref has already");
    },
  );

  test("may not have two methods of one name", () => {
    const type = actor("test", empty).on("add", {}, () => undefined);
    expect(() => type.read("add", {}, () => undefined)).toThrow('has a method "add" already');
  });

  test("counts its methods from 0, and says where each is written", () => {
    const type = actor("counter", empty)
      .on("add", {}, () => undefined)
      .read("value", {}, () => undefined);
    const methods = methodsInOrder(type);
    expect(methods.map(({ name, index }) => `${index} ${name}`)).toEqual(["0 add", "1 value"]);
    const places = methods.map(({ definedAt }) => /definition\.test\.ts:(\d+)$/.exec(definedAt)?.[1]);
    expect(Number(places[1]) - Number(places[0])).toBe(1);
  });

  test("may have 256 methods, and not one more", () => {
    const type = actor("test", empty);
    for (let count = 0; count < limits.methodsMax; count++) type.on(`m${count}`, {}, () => undefined);
    expect(() => type.on("more", {}, () => undefined)).toThrow("has 256 methods, the limit");
  });

  test.each([1, 2, 1_000])("may be of version %d", (version) => {
    expect(actor("test", { ...empty, version }).options.version).toBe(version);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("may not be of version %d", (version) => {
    expect(() => actor("test", { ...empty, version })).toThrow("a whole version from 1 on");
  });

  test("may have eight indexed fields where it is durable, and not one more", () => {
    const fields = Array.from({ length: limits.indexedFieldsMax + 1 }, (_, index) => `f${index}`);
    const options = { state: (): Record<string, number> => ({}), durable: true } as const;
    expect(actor("test", { ...options, indexed: fields.slice(1) }).options.indexed).toHaveLength(8);
    expect(() => actor("test", { ...options, indexed: fields })).toThrow("more than 8 indexed fields");
  });

  test("may have no indexed fields where nothing of it is stored", () => {
    expect(() => actor("test", { state: () => ({ name: "" }), indexed: ["name"] })).toThrow("nothing to be indexed");
  });

  test.each([0, 1, 86_400_000])("may hibernate after %d ms", (hibernateAfterMs) => {
    expect(actor("test", { ...empty, hibernateAfterMs }).options.hibernateAfterMs).toBe(hibernateAfterMs);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("may not hibernate after %d ms", (hibernateAfterMs) => {
    expect(() => actor("test", { ...empty, hibernateAfterMs })).toThrow("hibernateAfterMs");
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("may not have a mailbox of %d messages", (capacity) => {
    expect(() => actor("test", { ...empty, mailbox: { capacity } })).toThrow("mailbox");
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("may not have a mailbox of %d bytes", (bytes) => {
    expect(() => actor("test", { ...empty, mailbox: { bytes } })).toThrow("mailbox");
  });
});

describe("a session type", () => {
  test("may leave out what it does when its connection opens and closes", () => {
    const type = session("echo", { ...empty, message: () => undefined });
    expect(Object.values(type.session ?? {}).map(({ name }) => name)).toEqual(["opened", "message", "closed"]);
  });

  test("may be asked and told like any other actor", () => {
    const type = session("echo", { ...empty, message: () => undefined }).on("push", {}, () => undefined);
    expect([type.methods.has("push"), type.session === undefined]).toEqual([true, false]);
  });

  test("counts its own three methods before those it is asked and told by", () => {
    const type = session("echo", { ...empty, message: () => undefined })
      .on("push", {}, () => undefined)
      .read("look", {}, () => undefined);
    const names = methodsInOrder(type).map(({ name, index }) => `${index} ${name}`);
    expect(names).toEqual(["0 opened", "1 message", "2 closed", "3 push", "4 look"]);
  });
});

// Held by the compiler: each line marked here fails `bun check` when it is accepted.
export function refusedByTheCompiler(): void {
  const counter = actor("counter", { state: () => ({ count: 0 }) });
  // @ts-expect-error -- the answer is a string where a number was promised
  counter.on("wrongAnswer", { out: t.Number() }, () => "text");
  // @ts-expect-error -- the input has no field "amuont"
  counter.on("wrongField", { in: t.Object({ amount: t.Number() }) }, (_, { amuont }) => amuont);
  // @ts-expect-error -- the state has no field "total"
  counter.on("wrongState", { out: t.Number() }, ({ state }) => state.total);
  counter.read("writes", {}, ({ state }) => {
    // @ts-expect-error -- a reader sees its state read-only
    state.count = 1;
  });
  // @ts-expect-error -- a plain actor has no connection to send to
  counter.on("sends", {}, (self) => self.send("text"));
  // @ts-expect-error -- only a durable actor has rows
  counter.on("rows", {}, (self) => self.rows.delete("a"));
  const ledger = actor("ledger", { state: () => ({ count: 0 }), durable: true });
  ledger.on("rows", {}, (self) => self.rows.delete("a"));
  // @ts-expect-error -- a read only looks at rows
  ledger.read("deletes", {}, (self) => self.rows.delete("a"));
  // @ts-expect-error -- a read sets no timers
  ledger.read("remind", {}, (self) => self.timer("tea", { afterMs: 1, send: "rows" }));
  // @ts-expect-error -- the state has no field "total" that could be indexed
  actor("other", { state: () => ({ count: 0 }), durable: true, indexed: ["total"] });
}
