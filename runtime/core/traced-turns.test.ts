// Messages that are followed: what a tracer is told, in order, and that other turns have nothing of it.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import type { SessionContext } from "./context.ts";
import { actor, session } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import type { TracedTurn, TurnSpan, TurnTracer } from "./ports.ts";
import { OUTCOME } from "./recorder.ts";
import { startNode } from "./test-node.ts";

const Notes = actor("notes", { state: () => ({ texts: [] as string[] }) })
  .on("hear", { in: t.String() }, ({ state }, text) => void state.texts.push(text))
  .on("break", {}, () => {
    throw new Error("broke");
  })
  .on("no", {}, (self) => {
    throw self.refuse("notes.no");
  })
  .on("wait", {}, (self) => self.sleep(100));

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, (self, amount) => (self.state.balance += amount))
  .on("addAndTell", {}, (self) => {
    self.state.balance++;
    self.ref(Notes, "n").tell.hear("added");
  })
  .on("addAndAsk", {}, async (self) => {
    self.state.balance++;
    await self.ref(Notes, "n").hear("added");
  })
  .on("addAndRefuse", {}, (self) => {
    self.state.balance++;
    throw self.refuse("account.no");
  })
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance);

const Door = session("door", {
  state: () => ({}),
  async message(me: SessionContext<object, string>, line: string) {
    if (line === "add") await me.ref(Account, "ada").add(1);
    me.send("done");
  },
});

const nameOf = ({ cell, method }: TracedTurn): string => `${cell.host.type.name}.${method.name}`;
const outcomeName = (outcome: number): string | undefined => Object.keys(OUTCOME)[outcome];

/** Follows messages of connections that say so, and whatever comes from what is followed; writes all down. */
function createTracer() {
  const told: string[] = [];
  const spanOf = (name: string): TurnSpan & { readonly name: string } => ({
    name,
    sends: () => void told.push(`${name} sends`),
    commit() {
      told.push(`${name} waits`);
      return {
        release: () => void told.push(`${name} stored`),
        discard: ({ code }) => void told.push(`${name} lost: ${code}`),
      };
    },
    ended: (outcome) => void told.push(`${name} ${outcomeName(outcome)}`),
  });
  const tracer: TurnTracer = {
    message: (turn) => (turn.cell.connection?.traceparent === undefined ? undefined : spanOf(nameOf(turn))),
    call: (turn, from) => spanOf(`${(from as { name: string }).name}>${nameOf(turn)}`),
    outside: () => undefined,
  };
  return { told, tracer };
}

async function start() {
  const { told, tracer } = createTracer();
  const node = await startNode([Notes, Account, Door], { tracer });
  const trace = { name: "out" };
  return { node, told, trace, account: node.ref(Account, "ada"), notes: node.ref(Notes, "n") };
}

describe("a call that is followed", () => {
  test("is told of with what it ends in, well or not", async () => {
    const { node, told, trace, notes } = await start();
    await node.outcome(notes.hear("a", { trace }));
    await node.outcome(notes.no(undefined, { trace }));
    await node.outcome(notes.break(undefined, { trace }));
    expect(told).toEqual(["out>notes.hear answered", "out>notes.no refused", "out>notes.break crashed"]);
  });

  test("waits for its commit before its answer leaves", async () => {
    const { node, told, trace, account } = await start();
    node.store.hold();
    const answer = account.add(1, { trace });
    await node.clock.settle();
    expect(told).toEqual(["out>account.add waits", "out>account.add answered"]);
    node.store.letGo();
    expect(await node.answer(answer)).toBe(1);
    expect(told.slice(2)).toEqual(["out>account.add stored"]);
  });

  test("waits for no commit where it changed nothing, and for one where it refuses after a change", async () => {
    const { node, told, trace, account } = await start();
    await node.outcome(account.balance(undefined, { trace }));
    await node.outcome(account.addAndRefuse(undefined, { trace }));
    const refusing = "out>account.addAndRefuse";
    expect(told).toEqual([
      "out>account.balance answered",
      `${refusing} waits`,
      `${refusing} refused`,
      `${refusing} stored`,
    ]);
  });

  test("is told that its commit has failed", async () => {
    const { node, told, trace, account } = await start();
    node.store.refusal = new RuntimeError("store.full", "Cannot commit: the disk is full");
    await node.outcome(account.add(1, { trace }));
    expect(told.at(-1)).toBe("out>account.add lost: store.full");
  });

  test("hands its trace on to whom it tells, and whom it asks, behind the commit", async () => {
    const { node, told, trace, account } = await start();
    await node.outcome(account.addAndTell(undefined, { trace }));
    expect(told).toEqual([
      "out>account.addAndTell waits",
      "out>account.addAndTell answered",
      "out>account.addAndTell stored",
      "out>account.addAndTell>notes.hear answered",
    ]);
    told.length = 0;
    await node.outcome(account.addAndAsk(undefined, { trace }));
    const asking = "out>account.addAndAsk";
    expect(told).toEqual([
      `${asking} waits`,
      `${asking} stored`,
      `${asking}>notes.hear answered`,
      `${asking} answered`,
    ]);
  });

  test("ends when its turn is over, however long that waits", async () => {
    const { node, told, trace, notes } = await start();
    const waiting = notes.wait(undefined, { trace });
    await node.clock.settle();
    expect(told).toEqual([]);
    await node.clock.advance(100);
    await waiting;
    expect(told).toEqual(["out>notes.wait answered"]);
  });

  test("leaves nothing to the next turn of the same actor", async () => {
    const { node, told, trace, notes } = await start();
    notes.tell.hear("a");
    const followed = notes.hear("b", { trace });
    notes.tell.hear("c");
    await node.outcome(followed);
    expect(told).toEqual(["out>notes.hear answered"]);
  });

  test("that came too late for its turn is told of as expired", async () => {
    const { node, told, trace, notes } = await start();
    const first = node.outcome(notes.wait());
    const late = node.outcome(notes.hear("a", { trace, timeoutMs: 10 }));
    await node.clock.advance(100);
    await Promise.all([first, late]);
    expect(told).toEqual(["out>notes.hear expired"]);
  });
});

describe("a session's message that is followed", () => {
  test("hands its trace on, and tells what it sends before it ends", async () => {
    const { node, told } = await start();
    const connection = new ConnectionStandIn(node.system, Door);
    Object.assign(connection, { traceparent: "followed" });
    connection.deliver("add");
    await node.clock.settle();
    expect(connection.sent).toEqual(["done"]);
    expect(told).toEqual([
      "door.message>account.add waits",
      "door.message>account.add answered",
      "door.message>account.add stored",
      "door.message sends",
      "door.message answered",
    ]);
  });

  test("is none where the tracer does not want it", async () => {
    const { node, told } = await start();
    const connection = new ConnectionStandIn(node.system, Door);
    connection.deliver("add", "b");
    await node.clock.settle();
    expect(connection.sent).toEqual(["done", "done"]);
    expect(told).toEqual([]);
  });
});
