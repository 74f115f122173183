// Sessions that sleep while their connection stays: the state is packed away, and unpacked for the next message.
import { describe, expect, test } from "bun:test";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { session } from "./definition.ts";
import { Operations } from "./operations.ts";

/** A session that counts its messages, and keeps what it is told to. */
async function openCounter(hibernateAfterMs?: number) {
  const made: string[] = [];
  const Counter = session("counter", {
    state: (key) => {
      made.push(key);
      return { count: 0, kept: undefined as unknown };
    },
    ...(hibernateAfterMs === undefined ? {} : { hibernateAfterMs }),
    async message(self, text: string) {
      self.state.count++;
      if (text === "map") self.state.kept = new Map([["a", 1]]);
      if (text === "timer") self.timer("t", { everyMs: 400, send: "tick" });
      if (text === "wait") await self.sleep(10_000);
      self.send(`${self.state.count}`);
    },
    closed: (_, reason) => void made.push(`closed: ${reason}`),
  }).on("tick", {}, ({ state }) => void state.count++);
  const stepped = new SteppedSystem([Counter]);
  const connection = new ConnectionStandIn(stepped.system, Counter);
  const say = async (text: string): Promise<void> => {
    connection.deliver(text);
    await stepped.clock.settle();
  };
  const status = (): unknown => [stepped.resident(Counter), stepped.system.hosts[0]?.stats.hibernations];
  return { clock: stepped.clock, stepped, Counter, connection, made, say, status };
}

test("a session whose state is undefined stays awake: it could not be packed", async () => {
  const seen: unknown[] = [];
  const Bare = session("bare", {
    state: (): unknown => undefined,
    hibernateAfterMs: 1_000,
    message: (self) => void seen.push(self.state),
  });
  const stepped = new SteppedSystem([Bare]);
  const connection = new ConnectionStandIn(stepped.system, Bare);
  for (const text of ["a", "b"]) {
    connection.deliver(text);
    await stepped.clock.advance(5_000);
  }
  expect(seen).toEqual([undefined, undefined]);
});

describe("a session that is idle", () => {
  test("stays as it is when its type names no time", async () => {
    const { clock, say, status } = await openCounter();
    await say("a");
    await clock.advance(86_400_000);
    expect(status()).toEqual([["1"], 0]);
  });

  test("sleeps after the time that its type names, and its connection stays", async () => {
    const { clock, connection, say, status } = await openCounter(1_000);
    await say("a");
    await clock.advance(999);
    expect(status()).toEqual([["1"], 0]);
    await clock.advance(2);
    expect([status(), connection.endReason]).toEqual([[["1"], 1], undefined]);
  });

  test("wakes with its state when something comes over its connection", async () => {
    const { clock, connection, made, say } = await openCounter(1_000);
    for (let time = 0; time < 3; time++) {
      await say("a");
      await clock.advance(5_000);
    }
    expect([connection.sent, made]).toEqual([["1", "2", "3"], ["1"]]);
  });

  test("wakes with its state when another actor calls it", async () => {
    const { clock, stepped, Counter, connection, say } = await openCounter(1_000);
    await say("a");
    await clock.advance(5_000);
    stepped.system.ref(Counter, "1").tell.tick();
    await say("a");
    expect(connection.sent).toEqual(["1", "3"]);
  });

  test("hears of the end of its connection", async () => {
    const { clock, connection, made, say } = await openCounter(1_000);
    await say("a");
    await clock.advance(5_000);
    connection.end("disconnect");
    await clock.settle();
    expect([made, connection.left]).toEqual([["1", "closed: disconnect"], 1]);
  });

  test("keeps a state that is no JSON in memory", async () => {
    const { clock, connection, say } = await openCounter(1_000);
    await say("map");
    await clock.advance(5_000);
    await say("a");
    expect(connection.sent).toEqual(["1", "2"]);
  });

  test("can be looked at while it sleeps", async () => {
    const { clock, stepped, say } = await openCounter(1_000);
    await say("a");
    await clock.advance(5_000);
    expect(await new Operations(stepped.system).inspect("counter", "1")).toMatchObject({
      status: "idle",
      state: { count: 1 },
    });
  });
});

describe("a session does not sleep", () => {
  test("while a turn waits", async () => {
    const { clock, say, status } = await openCounter(1_000);
    await say("wait");
    await clock.advance(5_000);
    expect(status()).toEqual([["1"], 0]);
  });

  test("while it has a timer", async () => {
    const { clock, say, status } = await openCounter(1_000);
    await say("timer");
    await clock.advance(5_000);
    expect(status()).toEqual([["1"], 0]);
  });
});
