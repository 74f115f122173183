// What a server's admin endpoint does not take from whoever reaches it: each field of each service, out of its bounds.
import { describe, expect, test } from "bun:test";

import { decodeMessage, encodeMessage, splitEnvelope, ZmtpMessage } from "#runtime/mod.ts";
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { createTestServices } from "../test-services.ts";
import { createServerTypes } from "./server-catalog.ts";
import type { Fields } from "./services.ts";

const { servers } = createTestServices({});
const { types } = createServerTypes(servers);

async function ask(service: string, data: Fields) {
  const stepped = new SteppedSystem(Object.values(types), { development: false });
  const connection = new ConnectionStandIn(stepped.system, types.adminSession);
  connection.deliver(ZmtpMessage.of(["", encodeMessage({ service, data }, "msgpack")]));
  await stepped.clock.settle();
  const [reply] = connection.sent as ZmtpMessage[];
  const decoded = decodeMessage(splitEnvelope(reply?.frames() ?? [])?.body[0] ?? Buffer.alloc(0));
  const value = decoded.kind === "value" ? (decoded.value as { readonly data: Fields }) : undefined;
  return { data: value?.data, crashes: stepped.crashes };
}

const line = { hardwareMs: 0, timeMs: 0, rate: 1 };
const instruction = { coordinator: "two", epoch: 1, time: 0, correction: { line, boundMs: 1 } };
const correction = (changes: object) => ({ ...instruction, correction: { line, boundMs: 1, ...changes } });

describe("a clock", () => {
  test.each<readonly [code: string, data: Fields]>([
    ["clock.too_far", { time: 1e306 }],
    ["clock.too_far", { time: -1e306 }],
    ["clock.bad_time", { time: "now" }],
    ["clock.bad_time", { time: [1] }],
    ["clock.bad_instruction", { ...instruction, epoch: "1" }],
    ["clock.bad_instruction", { ...instruction, coordinator: "" }],
    ["clock.bad_instruction", { ...instruction, coordinator: "x".repeat(65) }],
    ["clock.bad_instruction", { ...instruction, differenceMs: "1" }],
    ["clock.bad_instruction", correction({ boundMs: -1 })],
    ["clock.bad_instruction", correction({ boundMs: 1e306 })],
    ["clock.bad_instruction", correction({ line: { ...line, timeMs: 1e306 } })],
    ["clock.bad_instruction", correction({ line: { ...line, hardwareMs: -1 } })],
    ["clock.bad_instruction", correction({ line: { ...line, rate: "1" } })],
    ["clock.bad_instruction", { time: 0, epoch: 1 }],
    ["clock.not_accepted", instruction],
  ])("is not set, with %s, by %j", async (code, data) => {
    const { data: said, crashes } = await ask("clock", data);
    expect(said).toMatchObject({ status: "erro", code });
    expect(crashes).toEqual([]);
  });
});

describe("an election", () => {
  test.each<Fields>([
    { from: "two", message: { kind: "vote", epoch: "1", coordinator: "two", known: 1, votes: [] } },
    { from: "two", message: { kind: "vote", epoch: 1, coordinator: "two", known: 1, votes: ["x".repeat(65)] } },
    { from: "two", message: { kind: "announcement", epoch: 1, coordinator: "", votes: [] } },
    { from: "two", message: { kind: "coup" } },
    { from: "x".repeat(65), message: { kind: "query", promised: 0 } },
    { message: { kind: "query", promised: 0 } },
  ])("has no part for %j", async (data) => {
    const { data: said, crashes } = await ask("election", data);
    expect(said).toMatchObject({ status: "erro", code: "election.bad_message" });
    expect(crashes).toEqual([]);
  });

  test("is answered to an existing program, whatever it says", async () => {
    for (const data of [{}, { coordinator: "x" }, { message: "hello" }, { from: 5 }]) {
      expect((await ask("election", data)).data).toMatchObject({ election: "OK" });
    }
  });
});
