// Sessions while their connection is open: opened first, messages in order, pauses and sleep.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { openRecordedSession } from "../testing/recorded-session.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { session } from "./definition.ts";

describe("a session", () => {
  test("hears first that it was opened, also when messages came at once", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.deliver("a");
    await clock.settle();
    expect(lines).toEqual(["opened", "a"]);
  });

  test("is opened though nothing was sent yet", async () => {
    const { clock, connection } = openRecordedSession();
    await clock.settle();
    expect(connection.sent).toEqual(["welcome"]);
  });

  test("handles messages in order, within a batch and from batch to batch", async () => {
    const run = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 }), async (sizes) => {
      const { clock, lines, connection } = openRecordedSession();
      let next = 0;
      for (const size of sizes) {
        connection.deliver(...Array.from({ length: size }, () => String(next++)));
        if (size === 3) await clock.settle();
      }
      await clock.settle();
      expect(lines).toEqual(["opened", ...Array.from({ length: next }, (_, index) => String(index))]);
    });
    await fc.assert(run, { seed: 6, numRuns: 50 });
  });

  test("gives every batch back once, when its last message is taken", async () => {
    const { clock, connection } = openRecordedSession();
    const batches = [connection.deliver("a", "b"), connection.deliver("c")];
    await clock.settle();
    expect(batches.map(({ released }) => released)).toEqual([1, 1]);
  });

  test("handles no further message while one waits", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.deliver("sleep", "after");
    await clock.advance(999);
    expect(lines).toEqual(["opened", "sleep"]);
    await clock.advance(2);
    expect(lines).toEqual(["opened", "sleep", "after"]);
  });

  test("tells its connection when the mailbox has moved", async () => {
    const { clock, connection } = openRecordedSession();
    await clock.settle();
    const before = connection.mailboxMoves;
    connection.deliver("a");
    await clock.settle();
    expect(connection.mailboxMoves).toBeGreaterThan(before);
  });

  test("can be told by others while its connection is open", async () => {
    const { clock, lines, ref } = openRecordedSession();
    ref.tell.push("hello");
    await clock.settle();
    expect(lines).toEqual(["opened", "pushed hello"]);
  });

  test("stays in memory however long its connection is quiet", async () => {
    const { stepped, clock, Chat } = openRecordedSession();
    await clock.advance(86_400_000);
    expect(stepped.resident(Chat)).toEqual(["1"]);
  });

  test("goes on after a refusal, which is reported because nobody asked", async () => {
    const { stepped, clock, lines, connection } = openRecordedSession();
    connection.deliver("refuse", "after");
    await clock.settle();
    expect(lines).toEqual(["opened", "refuse", "after"]);
    expect(stepped.refusals).toEqual(["chat/1: chat.not_now"]);
  });

  test("measures every turn once, and the latency of messages alone", async () => {
    const { clock, connection, stats } = openRecordedSession();
    connection.deliver("a", "sleep", "b");
    await clock.advance(1_001);
    expect([stats?.turns, stats?.durations.count, stats?.latencies.count]).toEqual([4, 4, 3]);
  });

  test("is the only one with its id", () => {
    const { stepped, Chat } = openRecordedSession();
    expect(() => new ConnectionStandIn(stepped.system, Chat)).toThrow("open already");
  });
});

describe("a session that owes its peer something", () => {
  test("is not quiet before it lets its connection go, though it has nothing to do", async () => {
    const { clock, connection } = openRecordedSession();
    connection.deliver("owe");
    await clock.settle();
    expect(connection.cell.quiet).toBe(false);
    const before = connection.mailboxMoves;
    connection.deliver("pay");
    await clock.settle();
    expect([connection.cell.quiet, connection.mailboxMoves > before]).toEqual([true, true]);
  });
});

describe("a session that holds its input", () => {
  test("has no room for what its connection has, and has it again when it lets that go on", async () => {
    const { clock, connection } = openRecordedSession();
    connection.deliver("hold");
    await clock.settle();
    expect(connection.cell.mailbox.room).toBe(0);
    const before = connection.mailboxMoves;
    connection.deliver("letGo");
    await clock.settle();
    expect([connection.cell.mailbox.room, connection.mailboxMoves > before]).toEqual([4, true]);
  });

  test("is told by others, and does what was read before", async () => {
    const { clock, connection, lines, ref } = openRecordedSession();
    connection.deliver("hold", "after");
    ref.tell.push("hello");
    await clock.settle();
    expect(lines).toEqual(["opened", "hold", "after", "pushed hello"]);
  });
});

describe("a suspended session", () => {
  test("starts no turn", async () => {
    const { clock, lines, connection } = openRecordedSession();
    await clock.settle();
    connection.cell.suspend();
    connection.deliver("a");
    await clock.settle();
    expect([lines, connection.cell.status]).toEqual([["opened"], "suspended"]);
  });

  test("starts no turn that was about to run when it was suspended", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.cell.suspend();
    await clock.settle();
    expect(lines).toEqual([]);
  });

  test("goes on where it was when it is resumed", async () => {
    const { clock, lines, connection } = openRecordedSession();
    await clock.settle();
    connection.cell.suspend();
    connection.deliver("a", "b");
    await clock.settle();
    connection.cell.resume();
    await clock.settle();
    expect(lines).toEqual(["opened", "a", "b"]);
  });

  test("finishes an async turn, and starts none after it", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.deliver("outlast", "after");
    await clock.settle();
    connection.cell.suspend();
    await clock.advance(1_001);
    expect([lines, connection.sent]).toEqual([
      ["opened", "outlast"],
      ["welcome", "after the sleep"],
    ]);
  });

  test("runs each message once though it was resumed twice", async () => {
    const { clock, lines, connection } = openRecordedSession();
    await clock.settle();
    connection.cell.suspend();
    connection.deliver("a");
    connection.cell.resume();
    connection.cell.resume();
    await clock.settle();
    expect(lines).toEqual(["opened", "a"]);
  });

  test("hears of the end of its connection", async () => {
    const { clock, lines, connection } = openRecordedSession();
    await clock.settle();
    connection.cell.suspend();
    connection.deliver("a");
    connection.end("disconnect");
    await clock.settle();
    expect(lines).toEqual(["opened", "closed: disconnect after 0"]);
  });
});

/** A session that is packed after a second, and the states that its turns were given. */
function packing(state: () => { seen: string[] } = () => ({ seen: [] })) {
  const states: object[] = [];
  const Quiet = session("quiet", {
    state,
    hibernateAfterMs: 1_000,
    message: (self, text: string) => {
      states.push(self.state);
      self.state.seen.push(text);
      self.send([...self.state.seen]);
    },
  });
  const stepped = new SteppedSystem([Quiet]);
  const connection = new ConnectionStandIn(stepped.system, Quiet);
  return { stepped, clock: stepped.clock, states, connection, Quiet };
}

describe("a session that hibernates", () => {
  test("keeps connection and state, and goes on with them", async () => {
    const { stepped, clock, connection, Quiet } = packing();
    connection.deliver("a");
    await clock.advance(5_000);
    expect(stepped.system.hosts[0]?.stats.hibernations).toBe(1);
    expect([stepped.resident(Quiet), connection.left]).toEqual([["1"], 0]);
    connection.deliver("b");
    await clock.settle();
    expect(connection.sent).toEqual([["a"], ["a", "b"]]);
  });

  test("has its state as a value meanwhile, not as the objects it was", async () => {
    const { clock, states, connection } = packing();
    connection.deliver("a");
    await clock.advance(5_000);
    connection.deliver("b");
    await clock.settle();
    expect(states[1]).not.toBe(states[0] as object);
    expect(states[1]).toEqual({ seen: ["a", "b"] });
  });

  test("does so again each time it is quiet for long enough", async () => {
    const { stepped, clock, connection } = packing();
    for (const text of ["a", "b", "c"]) {
      connection.deliver(text);
      await clock.advance(1_001);
    }
    expect(stepped.system.hosts[0]?.stats.hibernations).toBe(3);
    expect(connection.sent.at(-1)).toEqual(["a", "b", "c"]);
  });

  test("keeps a state as it is that is no JSON", async () => {
    class Room {
      readonly seen: string[] = [];
    }
    const { clock, states, connection } = packing(() => new Room());
    connection.deliver("a");
    await clock.advance(5_000);
    connection.deliver("b");
    await clock.settle();
    expect(states[1]).toBe(states[0] as object);
    expect(connection.sent.at(-1)).toEqual(["a", "b"]);
  });

  test("hears `closed` with its state when its connection ends meanwhile", async () => {
    const heard: string[] = [];
    const Quiet = session("quiet", {
      state: () => ({ seen: 0 }),
      hibernateAfterMs: 1_000,
      message: (self) => void self.state.seen++,
      closed: (self, reason) => void heard.push(`${reason} after ${self.state.seen}`),
    });
    const stepped = new SteppedSystem([Quiet]);
    const connection = new ConnectionStandIn(stepped.system, Quiet);
    connection.deliver("a", "b");
    await stepped.clock.advance(5_000);
    connection.end("disconnect");
    await stepped.clock.settle();
    expect([heard, connection.left, stepped.resident(Quiet)]).toEqual([["disconnect after 2"], 1, []]);
  });
});
