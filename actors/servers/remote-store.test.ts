// What a server that has joined asks its home, and the clocks of both; how far a clock was is found after a kill.
import { describe, expect, test } from "bun:test";

import { decodeMessage, encodeMessage, splitEnvelope, ZmtpMessage } from "#runtime/mod.ts";
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { KeptLamportClock } from "../clocks/kept-lamport.ts";
import { parseChannelName, parseUserName } from "../messaging/names.ts";
import { createTestServices } from "../test-services.ts";
import { CEILING_KEY, ClockCeiling } from "./clock-ceiling.ts";
import { RemoteStore } from "./remote-store.ts";
import { createServerTypes } from "./server-catalog.ts";
import type { Fields } from "./services.ts";

const CHANNEL = parseChannelName("geral") as NonNullable<ReturnType<typeof parseChannelName>>;
const ANA = parseUserName("ana") as NonNullable<ReturnType<typeof parseUserName>>;
const POST = { from: "ana", text: "oi", time: "09:11:00", hlc: "h1" };

/** A home, and a server that has joined it; `passed` are the clocks that went there and back. */
function startBoth() {
  const { types, clocks } = createServerTypes(createTestServices({}).servers);
  const stepped = new SteppedSystem(Object.values(types));
  const connection = new ConnectionStandIn(stepped.system, types.storeSession);
  const passed: unknown[] = [];
  const askStore = async (service: string, data: Fields): Promise<Fields> => {
    connection.deliver(ZmtpMessage.of(["", encodeMessage({ service, data }, "msgpack")]));
    await stepped.clock.settle();
    const [reply] = connection.sent.splice(0) as ZmtpMessage[];
    const decoded = decodeMessage(splitEnvelope(reply?.frames() ?? [])?.body[0] ?? Buffer.alloc(0));
    const answered = (decoded as { readonly value: { readonly data: Fields } }).value.data;
    passed.push(data["clock"], answered["clock"]);
    return answered;
  };
  const lamport = new KeptLamportClock();
  return { stepped, home: clocks.lamport, lamport, store: new RemoteStore(lamport, askStore), passed };
}

describe("what is asked of the home", () => {
  test("has a clock, and so has the answer: each is above what led to it", async () => {
    const { store, home, lamport, passed } = startBoth();
    lamport.receive(99);
    await store.login({ user: ANA });
    expect(passed).toEqual([101, 103]);
    expect([home.now, lamport.now]).toEqual([103, 104]);
    home.receive(500);
    expect(await store.users()).toEqual(["ana"]);
    expect(passed.slice(2)).toEqual([105, 503]);
    expect(lamport.now).toBe(504);
  });

  test("is far ahead of it where clients have leapt, and is answered all the same", async () => {
    const { store, lamport, home } = startBoth();
    lamport.receive(2 ** 40);
    expect(await store.users()).toEqual([]);
    expect(home.now).toBeGreaterThan(2 ** 40);
  });

  test("is numbered there where it is kept: a channel's clocks grow with its numbers", async () => {
    const { store, home, lamport } = startBoth();
    await store.createChannel({ channel: CHANNEL });
    await store.publish({ channel: CHANNEL, post: POST });
    home.receive(1_000);
    await store.publish({ channel: CHANNEL, post: POST });
    lamport.receive(5_000);
    await store.publish({ channel: CHANNEL, post: POST });
    const page = await store.history({ of: { channel: CHANNEL }, after: 0, count: 10 });
    if (page === "unknown") throw new Error("There is no channel");
    const clocks = page.messages.map(({ clock }) => clock);
    expect(clocks.map((clock) => Math.floor(clock / 1_000))).toEqual([0, 1, 5]);
    expect(lamport.now).toBeGreaterThan(clocks.at(-1) as number);
  });
});

test("a ceiling is found again after a kill, and is never lower than it was", async () => {
  const stepped = new SteppedSystem([ClockCeiling]);
  const kept = stepped.ref(ClockCeiling, CEILING_KEY);
  expect(await stepped.outcome(kept.ceiling())).toMatchObject({ value: 0 });
  await stepped.outcome(kept.raise(70));
  await stepped.outcome(kept.raise(50));
  stepped.storeFaults.next("commit", { kills: "after" });
  await stepped.outcome(kept.raise(90));
  await stepped.restart();
  expect(await stepped.outcome(kept.ceiling())).toMatchObject({ value: 90 });
});
