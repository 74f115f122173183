// Delivery: finding and starting actors, keys, types, the check of inputs, full mailboxes, and draining.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor, session } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { ActorSystem } from "./system.ts";

const Notebook = actor("notes", { state: () => ({ texts: [] as string[] }), mailbox: { capacity: 2 } })
  .on("add", { in: t.Object({ text: t.String({ maxLength: 10 }) }) }, ({ state }, { text }) => {
    state.texts.push(text);
  })
  .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
  .read("all", { out: t.Array(t.String()) }, ({ state }) => state.texts);
/** The same type: a method that names its own type is written once the others are known. */
const Notes = Notebook.on("relay", { in: t.String() }, (self, key) => self.ref(Notebook, key).add({ text: "relayed" }));

const Stranger = actor("stranger", { state: () => ({}) });
const Echo = session("echo", { state: () => ({}), message: () => undefined }).on("push", {}, () => undefined);

const wrong = { text: 7 as unknown as string };

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof RuntimeError ? error.code : String(error);
  }
  return "nothing thrown";
}

describe("an actor system", () => {
  test("accepts no two types of one name", () => {
    const Twin = actor("notes", { state: () => ({}) });
    expect(codeOf(() => new SteppedSystem([Notes, Twin]))).toBe("system.same_name");
    expect(() => new SteppedSystem([Notes, Twin])).toThrow('Cannot host two types named "notes"');
  });

  test("makes no ref to a type that it does not host", () => {
    const { system } = new SteppedSystem([Notes]);
    expect(codeOf(() => system.ref(Stranger, "a"))).toBe("actor.unknown_type");
    const { name } = Stranger;
    const message = `Cannot find actor type "${name}": this node hosts ${Notes.name}`;
    expect(() => system.ref(Stranger, "a")).toThrow(message);
  });

  test("lets no actor make a ref to a type that the node does not host", async () => {
    const Seeker = actor("seeker", { state: () => ({}) }).on("seek", {}, (self) => {
      self.ref(Stranger, "a");
    });
    const stepped = new SteppedSystem([Seeker]);
    const outcome = await stepped.outcome(stepped.system.ref(Seeker, "s").seek());
    expect(outcome).toMatchObject({ code: "actor.crashed", error: { cause: { code: "actor.unknown_type" } } });
  });

  test("counts the keys that it refused", () => {
    const { system } = new SteppedSystem([Notes]);
    for (const key of ["", "a\0b", "fine"]) codeOf(() => system.ref(Notes, key));
    expect(system.hosts[0]?.stats.rejected.get("actor.bad_key")).toBe(2);
  });

  test("lets no actor make a ref with a key that is none", async () => {
    const Seeker = actor("seeker", { state: () => ({}) }).on("seek", {}, (self) => void self.ref(Notebook, "a\nb"));
    const stepped = new SteppedSystem([Seeker, Notes]);
    const outcome = await stepped.outcome(stepped.system.ref(Seeker, "s").seek());
    expect(outcome).toMatchObject({ code: "actor.crashed", error: { cause: { code: "actor.bad_key" } } });
  });

  test("makes no ref with an empty key", () => {
    const { system } = new SteppedSystem([Notes]);
    expect(codeOf(() => system.ref(Notes, ""))).toBe("actor.bad_key");
  });

  test("makes a ref with a key of 512 characters", () => {
    const { system } = new SteppedSystem([Notes]);
    expect(system.ref(Notes, "k".repeat(512)).key.length).toBe(512);
  });

  test("makes no ref with a key of 513 characters", () => {
    const { system } = new SteppedSystem([Notes]);
    expect(codeOf(() => system.ref(Notes, "k".repeat(513)))).toBe("actor.bad_key");
  });

  test.each(["__proto__", "constructor", "a/b", " ", "\u{1F4EE}"])(
    "tells the actor with key %p from others",
    async (key) => {
      const stepped = new SteppedSystem([Notes]);
      stepped.system.ref(Notes, key).tell.add({ text: "mine" });
      stepped.system.ref(Notes, "other").tell.add({ text: "other" });
      const all = stepped.system.ref(Notes, key).all();
      expect(await stepped.outcome(all)).toEqual({ kind: "answered", value: ["mine"] });
    },
  );

  test("starts an actor with its first message", async () => {
    const stepped = new SteppedSystem([Notes]);
    stepped.system.ref(Notes, "a").tell.add({ text: "first" });
    await stepped.clock.settle();
    expect(stepped.resident(Notes)).toEqual(["a"]);
  });

  test("runs no handler before the sender's own callback has returned", () => {
    let ran = false;
    const Eager = actor("eager", { state: () => ({}) }).on("go", {}, () => void (ran = true));
    new SteppedSystem([Eager]).system.ref(Eager, "a").tell.go();
    expect(ran).toBe(false);
  });

  test("delivers nothing to a session whose connection is gone", async () => {
    const stepped = new SteppedSystem([Echo]);
    const outcome = await stepped.outcome(stepped.system.ref(Echo, "1").push());
    expect(outcome).toMatchObject({ code: "actor.stopped", stood: "queued" });
  });
});

describe("the check of inputs", () => {
  test("fails an ask whose input does not fit, and says where", async () => {
    const stepped = new SteppedSystem([Notes]);
    const outcome = await stepped.outcome(stepped.system.ref(Notes, "a").add(wrong));
    expect(outcome).toMatchObject({ code: "actor.bad_input", stood: "queued" });
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining('"/text"') } });
  });

  test("does not accept a tell whose input does not fit", () => {
    const receipt = new SteppedSystem([Notes]).system.ref(Notes, "a").tell.add(wrong);
    expect(receipt).toMatchObject({ accepted: false, why: { code: "actor.bad_input" } });
  });

  test("starts no actor for an input that does not fit", () => {
    const stepped = new SteppedSystem([Notes]);
    stepped.system.ref(Notes, "a").tell.add(wrong);
    expect(stepped.resident(Notes)).toEqual([]);
  });

  test("knows the bounds that a type cannot say", () => {
    const notes = new SteppedSystem([Notes]).system.ref(Notes, "a").tell;
    expect([10, 11].map((length) => notes.add({ text: "x".repeat(length) }).accepted)).toEqual([true, false]);
  });

  test("is not made when it is switched off", () => {
    const { system } = new SteppedSystem([Notes], { development: false });
    expect(system.ref(Notes, "a").tell.add(wrong)).toEqual({ accepted: true });
  });

  test("is made unless it is switched off", () => {
    const { clock } = new SteppedSystem([]);
    expect(new ActorSystem({ clock, types: [Notes] }).ref(Notes, "a").tell.add(wrong).accepted).toBe(false);
  });
});

describe("a mailbox bounded in bytes", () => {
  const Small = actor("small", { state: () => ({}), mailbox: { capacity: 100, bytes: 20 } }).on(
    "add",
    { in: t.Unknown() },
    () => undefined,
  );

  test("counts what calls bring, as JSON, and refuses the call after it is full", () => {
    const { tell } = new SteppedSystem([Small]).system.ref(Small, "a");
    const receipts = ["x".repeat(17), "1", "2"].map((input) => tell.add(input).accepted);
    expect(receipts).toEqual([true, true, false]);
  });

  test("has room again when what it held was handled", async () => {
    const { system, clock } = new SteppedSystem([Small]);
    const { tell } = system.ref(Small, "a");
    for (let time = 0; time < 5; time++) {
      expect(tell.add("x".repeat(30)).accepted).toBe(true);
      await clock.settle();
    }
    expect(system.hosts[0]?.cells.get("a")?.mailbox.bytes).toBe(0);
  });

  test("refuses what has no length as JSON", () => {
    const receipt = new SteppedSystem([Small]).system.ref(Small, "a").tell.add({ at: new Date(0) });
    expect(receipt).toMatchObject({ accepted: false, why: { code: "actor.bad_input" } });
    expect(receipt).toMatchObject({ why: { message: expect.stringContaining("/at is a Date") } });
  });

  test("weighs nothing where the type names no bound in bytes", () => {
    const Plain = actor("plain", { state: () => ({}) }).on("add", { in: t.Unknown() }, () => undefined);
    const { system } = new SteppedSystem([Plain]);
    system.ref(Plain, "a").tell.add("x".repeat(1_000));
    expect(system.hosts[0]?.cells.get("a")?.mailbox.bytes).toBe(0);
  });
});

describe("a full mailbox", () => {
  test("does not accept a tell past its capacity", () => {
    const { tell } = new SteppedSystem([Notes]).system.ref(Notes, "a");
    const receipts = ["1", "2", "3"].map((text) => tell.add({ text }));
    expect(receipts.map(({ accepted }) => accepted)).toEqual([true, true, false]);
    expect(receipts[2]).toMatchObject({ why: { code: "actor.mailbox_full", stood: "queued" } });
  });

  test("fails an ask at once", async () => {
    const stepped = new SteppedSystem([Notes]);
    const notes = stepped.system.ref(Notes, "a");
    for (const text of ["1", "2"]) notes.tell.add({ text });
    expect(await stepped.outcome(notes.all())).toMatchObject({ code: "actor.mailbox_full", stood: "queued" });
  });

  test("keeps what was accepted before it was full", async () => {
    const stepped = new SteppedSystem([Notes]);
    const notes = stepped.system.ref(Notes, "a");
    for (const text of ["1", "2", "3"]) notes.tell.add({ text });
    await stepped.clock.settle();
    expect(await stepped.outcome(notes.all())).toEqual({ kind: "answered", value: ["1", "2"] });
  });

  test("does not count the message that is being handled", async () => {
    const stepped = new SteppedSystem([Notes]);
    const { tell } = stepped.system.ref(Notes, "a");
    tell.wait(10);
    await stepped.clock.settle();
    expect(["1", "2", "3"].map((text) => tell.add({ text }).accepted)).toEqual([true, true, false]);
  });

  test("is counted", () => {
    const { system } = new SteppedSystem([Notes]);
    for (const text of ["1", "2", "3", "4"]) system.ref(Notes, "a").tell.add({ text });
    expect(system.hosts[0]?.stats.rejected.get("actor.mailbox_full")).toBe(2);
  });

  test("stops nobody else from being told", () => {
    const { system } = new SteppedSystem([Notes]);
    for (const text of ["1", "2", "3"]) system.ref(Notes, "a").tell.add({ text });
    expect(system.ref(Notes, "b").tell.add({ text: "1" })).toEqual({ accepted: true });
  });
});

describe("draining", () => {
  test("is over at once when nothing is left to do", async () => {
    const stepped = new SteppedSystem([Notes]);
    expect(await stepped.outcome(stepped.system.drain())).toMatchObject({ kind: "answered" });
  });

  test("waits for a turn that is running", async () => {
    const stepped = new SteppedSystem([Notes]);
    stepped.system.ref(Notes, "a").tell.wait(10);
    expect(await stepped.outcome(stepped.system.drain())).toEqual({ kind: "pending" });
  });

  test("is over when the last turn is", async () => {
    const stepped = new SteppedSystem([Notes]);
    stepped.system.ref(Notes, "a").tell.wait(10);
    const drained = stepped.system.drain();
    await stepped.clock.advance(11);
    expect(await stepped.outcome(drained)).toMatchObject({ kind: "answered" });
  });

  test("runs what was accepted before", async () => {
    const stepped = new SteppedSystem([Notes]);
    const notes = stepped.system.ref(Notes, "a");
    notes.tell.add({ text: "before" });
    const all = notes.all();
    void stepped.system.drain();
    expect(await stepped.outcome(all)).toEqual({ kind: "answered", value: ["before"] });
  });

  test("refuses calls from outside", async () => {
    const stepped = new SteppedSystem([Notes]);
    void stepped.system.drain();
    const outcome = await stepped.outcome(stepped.system.ref(Notes, "a").all());
    expect(outcome).toMatchObject({ code: "system.draining", stood: "queued" });
  });

  test("waits for messages that wait for a rest after crashes", async () => {
    const Fragile = actor("fragile", { state: () => ({}) }).on("fail", {}, () => {
      throw new Error("broken");
    });
    const stepped = new SteppedSystem([Fragile]);
    for (let time = 0; time < 3; time++) stepped.system.ref(Fragile, "a").tell.fail();
    const drained = stepped.system.drain();
    expect(await stepped.outcome(drained)).toEqual({ kind: "pending" });
    await stepped.clock.advance(1_000);
    expect(await stepped.outcome(drained)).toMatchObject({ kind: "answered" });
    expect(stepped.crashes).toHaveLength(3);
  });

  test("lets actors finish what they began with each other's help", async () => {
    const stepped = new SteppedSystem([Notes]);
    const relayed = stepped.system.ref(Notes, "a").relay("b");
    void stepped.system.drain();
    expect(await stepped.outcome(relayed)).toMatchObject({ kind: "answered" });
  });

  test("gives everyone who asks for it the same end", async () => {
    const stepped = new SteppedSystem([Notes]);
    stepped.system.ref(Notes, "a").tell.wait(10);
    const drained = Promise.all([stepped.system.drain(), stepped.system.drain()]);
    await stepped.clock.advance(11);
    expect(await stepped.outcome(drained)).toMatchObject({ kind: "answered" });
  });
});
