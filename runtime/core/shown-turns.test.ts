// What people are shown of an actor's last turns: by name, with what they ended in and how long they waited and took.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { openRecordedSession } from "../testing/recorded-session.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { Cell } from "./cell.ts";
import { actor } from "./definition.ts";
import { OUTCOME } from "./recorder.ts";
import { type ShownTurn, shownTurns } from "./shown-turns.ts";

const Worker = actor("worker", { state: () => ({}) })
  .on("work", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
  .on("quick", {}, () => undefined)
  .on("refuse", {}, (self) => {
    throw self.refuse("worker.not_today");
  })
  .on("fail", {}, () => {
    throw new Error("broken");
  })
  .on("remind", {}, (self) => self.timer("tea", { afterMs: 100, send: "quick" }))
  .read("look", {}, () => undefined);

function turnsOf(stepped: SteppedSystem, cell: Cell | undefined): readonly ShownTurn[] {
  const { meter } = stepped.system;
  if (cell === undefined) return [];
  return shownTurns(cell.host.type, meter.recorder.turnsOf(cell), stepped.clock.monotonicMs());
}

function working() {
  const stepped = new SteppedSystem([Worker]);
  const turns = () => turnsOf(stepped, stepped.system.hosts[0]?.cells.get("w"));
  return { stepped, clock: stepped.clock, worker: stepped.system.ref(Worker, "w"), turns };
}

describe("the turns of an actor", () => {
  test("are shown by the names of their methods, the last one first", async () => {
    const { clock, worker, turns } = working();
    for (const name of ["quick", "look", "remind"] as const) worker.tell[name]();
    await clock.settle();
    expect(turns().map(({ method }) => method)).toEqual(["remind", "look", "quick"]);
  });

  test("are shown with what they ended in", async () => {
    const { clock, worker, turns } = working();
    for (const name of ["quick", "refuse", "fail"] as const) worker.tell[name]();
    await clock.settle();
    expect(turns().map(({ outcome }) => outcome)).toEqual(["crashed", "refused", "answered"]);
  });

  test("are shown also where a message came too late to be run", async () => {
    const { clock, worker, turns } = working();
    worker.tell.work(50);
    watch(worker.quick(undefined, { timeoutMs: 10 }));
    await clock.advance(51);
    expect(turns()).toMatchObject([{ method: "quick", outcome: "expired", waitMs: 50, durationMs: 0 }, {}]);
  });

  test("say how long ago they were over, how long they waited and how long they took", async () => {
    const { clock, worker, turns } = working();
    worker.tell.work(40);
    worker.tell.work(10);
    await clock.advance(120);
    expect(turns()).toEqual([
      { method: "work", outcome: "answered", agoMs: 70, waitMs: 40, durationMs: 10 },
      { method: "work", outcome: "answered", agoMs: 80, waitMs: 0, durationMs: 40 },
    ]);
  });

  test("have not waited since the process began where another actor's turn told them", async () => {
    const Passer = actor("passer", { state: () => ({}) }).on("pass", {}, (self) => {
      self.ref(Worker, "w").tell.quick();
    });
    const stepped = new SteppedSystem([Worker, Passer]);
    await stepped.clock.advance(60_000);
    stepped.system.ref(Passer, "p").tell.pass();
    await stepped.clock.settle();
    const [quick] = turnsOf(stepped, stepped.system.hosts[0]?.cells.get("w"));
    expect(quick).toMatchObject({ method: "quick", waitMs: 0 });
  });

  test("have not waited where a timer of the actor itself brought them", async () => {
    const { clock, worker, turns } = working();
    worker.tell.remind();
    await clock.advance(100);
    expect(turns()[0]).toMatchObject({ method: "quick", waitMs: 0 });
  });

  test("have waited as long as the actor was busy when its timer brought them", async () => {
    const { clock, worker, turns } = working();
    worker.tell.remind();
    await clock.advance(90);
    worker.tell.work(50);
    await clock.advance(60);
    expect(turns()[0]).toMatchObject({ method: "quick", waitMs: 40 });
  });
});

describe("the turns of a session", () => {
  test("are shown as opened, message and closed", async () => {
    const { stepped, clock, connection } = openRecordedSession();
    connection.deliver("sleep");
    await clock.advance(5);
    expect(turnsOf(stepped, connection.cell)).toMatchObject([{ method: "opened", outcome: "answered", waitMs: 0 }]);
    await clock.advance(1_000);
    expect(turnsOf(stepped, connection.cell).map(({ method }) => method)).toEqual(["message", "opened"]);
  });

  test("are shown by their own names where others brought them", async () => {
    const { stepped, clock, connection, ref } = openRecordedSession();
    ref.tell.push("text");
    await clock.settle();
    expect(turnsOf(stepped, connection.cell).map(({ method }) => method)).toEqual(["push", "opened"]);
  });
});

describe("a recorded turn", () => {
  const recorded = { method: 1, outcome: OUTCOME.answered, endedMs: 10.00049, waitMs: 0.12345, durationMs: 1 / 3 };

  test("is shown to the microsecond", () => {
    expect(shownTurns(Worker, [recorded], 20)).toEqual([
      { method: "quick", outcome: "answered", agoMs: 10, waitMs: 0.123, durationMs: 0.333 },
    ]);
  });

  test("is shown as over now where it is measured a moment late", () => {
    expect(shownTurns(Worker, [recorded], 9)).toMatchObject([{ agoMs: 0 }]);
  });

  test("is the runtime's own where its type has no such method", () => {
    expect(shownTurns(Worker, [{ ...recorded, method: 99 }], 20)).toMatchObject([{ method: "(runtime)" }]);
  });
});
