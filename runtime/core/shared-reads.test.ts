// Reads share their actor: side by side, none before a write that came first, and with a state they cannot change.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";

/** Writes down where its turns begin and end. */
function board(options: { readonly development?: boolean } = {}) {
  const lines: string[] = [];
  const signalled = new Map<string, () => void>();
  const turn = async (name: string): Promise<string> => {
    lines.push(`begin ${name}`);
    await new Promise<void>((resolve) => signalled.set(name, resolve));
    lines.push(`end ${name}`);
    return name;
  };
  const Board = actor("board", { state: () => ({ notes: ["first"], count: 0 }) })
    .read("look", { in: t.String(), out: t.String() }, (_, name) => turn(name))
    .read("glance", { in: t.String() }, (_, name) => void lines.push(name))
    .on("write", { in: t.String(), out: t.String() }, (_, name) => turn(name))
    .on("jot", { in: t.String() }, (_, name) => void lines.push(name))
    .read("spoil", {}, ({ state }) => void (state as { count: number }).count++)
    .read("spoilDeep", {}, ({ state }) => void state.notes.push("second"))
    .read("spoilLater", {}, async (self) => {
      await self.sleep(10);
      delete (self.state as { count?: number }).count;
    })
    .read("breakLater", {}, async (self) => {
      await self.sleep(10);
      throw new Error("broke");
    })
    .read("lookLate", { out: t.Integer() }, async (self) => {
      await self.sleep(20);
      return self.state.notes.length;
    })
    .read("notes", { out: t.Array(t.String()) }, ({ state }) => state.notes);
  const stepped = new SteppedSystem([Board], options);
  const finish = async (name: string): Promise<void> => {
    signalled.get(name)?.();
    await stepped.clock.settle();
  };
  return { stepped, clock: stepped.clock, lines, finish, ref: stepped.system.ref(Board, "a") };
}

describe("reads", () => {
  test("run side by side", async () => {
    const { clock, lines, ref } = board();
    for (const name of ["1", "2", "3"]) ref.tell.look(name);
    await clock.settle();
    expect(lines).toEqual(["begin 1", "begin 2", "begin 3"]);
  });

  test("each give their own answer, in whatever order they end", async () => {
    const { stepped, clock, finish, ref } = board();
    const answers = ["1", "2"].map((name) => ref.look(name));
    await clock.settle();
    for (const name of ["2", "1"]) await finish(name);
    expect(await stepped.outcome(Promise.all(answers))).toEqual({ kind: "answered", value: ["1", "2"] });
  });

  test("join others that are running already", async () => {
    const { clock, lines, ref } = board();
    ref.tell.look("1");
    await clock.advance(100);
    ref.tell.look("2");
    await clock.settle();
    expect(lines).toEqual(["begin 1", "begin 2"]);
  });

  test("do not run beside a write", async () => {
    const { clock, lines, finish, ref } = board();
    ref.tell.write("write");
    ref.tell.look("1");
    await clock.settle();
    expect(lines).toEqual(["begin write"]);
    await finish("write");
    expect(lines).toEqual(["begin write", "end write", "begin 1"]);
  });

  test("let no write in before the last of them is over", async () => {
    const { clock, lines, finish, ref } = board();
    for (const name of ["1", "2"]) ref.tell.look(name);
    ref.tell.jot("write");
    await clock.settle();
    await finish("1");
    expect(lines).toEqual(["begin 1", "begin 2", "end 1"]);
    await finish("2");
    expect(lines).toEqual(["begin 1", "begin 2", "end 1", "end 2", "write"]);
  });

  test("do not overtake a write that came first, so that it is not starved", async () => {
    const { clock, lines, finish, ref } = board();
    ref.tell.look("1");
    ref.tell.jot("write");
    ref.tell.glance("2");
    await clock.settle();
    expect(lines).toEqual(["begin 1"]);
    await finish("1");
    expect(lines).toEqual(["begin 1", "end 1", "write", "2"]);
  });

  test("are at most 256 at a time; the next waits", async () => {
    const { clock, lines, finish, ref } = board();
    for (let read = 0; read <= limits.sharedReadsMax; read++) ref.tell.look(String(read));
    await clock.settle();
    expect(lines.length).toBe(limits.sharedReadsMax);
    await finish("7");
    expect(lines.at(-1)).toBe(`begin ${limits.sharedReadsMax}`);
  });

  test("keep the actor in memory while they run", async () => {
    const { stepped, clock, ref } = board();
    ref.tell.look("1");
    await clock.advance(limits.idleStopMs * 3);
    expect(stepped.resident({ name: "board" })).toEqual(["a"]);
  });

  test("that crash leave those beside them what they look at", async () => {
    const { clock, ref } = board();
    const late = watch(ref.lookLate());
    watch(ref.breakLater());
    await clock.advance(21);
    expect(late.outcome).toEqual({ kind: "answered", value: 1 });
  });
});

describe("the state that a read is given, while developing", () => {
  test.each(["spoil", "spoilDeep", "spoilLater"] as const)("throws at whoever changes it (%s)", async (method) => {
    const { clock, ref } = board();
    const answer = watch(ref[method]());
    await clock.advance(11);
    expect(answer.outcome).toMatchObject({ code: "actor.crashed", error: { cause: expect.any(TypeError) } });
  });

  test("can be looked at, and given as an answer", async () => {
    const { stepped, ref } = board();
    expect(await stepped.outcome(ref.notes())).toEqual({ kind: "answered", value: ["first"] });
  });

  test("is the state itself in production", async () => {
    const { stepped, ref } = board({ development: false });
    await stepped.outcome(ref.spoilDeep());
    expect(await stepped.outcome(ref.notes())).toEqual({ kind: "answered", value: ["first", "second"] });
  });
});
