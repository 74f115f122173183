// What the reference answers besides ranks: where servers are, what it does not take, and what waits at their home.
import { describe, expect, test } from "bun:test";

import { decodeMessage, encodeMessage, limits, splitEnvelope, ZmtpMessage } from "#runtime/mod.ts";
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { createTestServices } from "../test-services.ts";
import { createServerTypes } from "./server-catalog.ts";
import type { Fields, ServerServices } from "./services.ts";

/** A reference to whom one REQ socket speaks. */
class Reference {
  readonly #stepped: SteppedSystem;
  readonly #types: readonly { readonly name: string }[];
  readonly #connection: ConnectionStandIn;

  constructor(given: Partial<ServerServices> = {}) {
    const { servers } = createTestServices({ servers: given });
    const { types } = createServerTypes(servers);
    // As in production: what is asked within the node is not checked a second time.
    this.#stepped = new SteppedSystem(Object.values(types), { development: false });
    this.#types = [types.referenceSession, types.reference];
    this.#connection = new ConnectionStandIn(this.#stepped.system, types.referenceSession);
  }

  /** How often something was refused by the session for that reason. */
  refusals(reason: string): number {
    const host = this.#stepped.system.hosts.find(({ type }) => type.name === this.#types[0]?.name);
    return host?.stats.refusals.get(reason) ?? 0;
  }

  get crashes(): readonly string[] {
    return this.#stepped.crashes;
  }

  /** Data of the reply, without time and clock. */
  async ask(service: string, data: Fields = {}): Promise<Fields> {
    this.#connection.deliver(ZmtpMessage.of(["", encodeMessage({ service, data }, "msgpack")]));
    await this.#stepped.clock.settle();
    const [reply] = this.#connection.sent.splice(0) as ZmtpMessage[];
    const decoded = decodeMessage(splitEnvelope(reply?.frames() ?? [])?.body[0] ?? Buffer.alloc(0));
    const value = decoded.kind === "value" ? (decoded.value as { readonly data: Fields }) : undefined;
    const { timestamp: _, clock: __, ...rest } = value?.data ?? {};
    return rest;
  }
}

describe("the list", () => {
  test("has each server's port with its host: existing programs connect to it as it stands", async () => {
    const { servers } = createTestServices({});
    const reference = new Reference({
      server: { ...servers.server, addressOf: ({ address, rank }) => `${address}:${5_600 + rank}` },
    });
    await reference.ask("heartbeat", { user: "ana" });
    await reference.ask("heartbeat", { user: "bea", address: "10.0.0.2" });
    expect(await reference.ask("list")).toEqual({
      list: [
        { name: "ana", rank: 1, address: "127.0.0.1:5601" },
        { name: "bea", rank: 2, address: "10.0.0.2:5602" },
      ],
    });
  });
});

describe("what a server says of itself", () => {
  test.each<readonly [service: string, reason: string, data: Fields]>([
    ["heartbeat", "reference.bad_address", { user: "x", address: "127.0.0.1:99999" }],
    ["rank", "reference.bad_address", { user: "x", address: "127.0.0.1:0" }],
    ["rank", "reference.bad_address", { user: "x", address: "" }],
    ["rank", "reference.bad_address", { user: "x", address: "no host" }],
    ["rank", "reference.bad_address", { user: "x", address: 5 }],
    ["rank", "reference.bad_address", { user: "x", address: ["127.0.0.1"] }],
    ["heartbeat", "reference.bad_address", { user: "x", address: "a".repeat(200_000) }],
    ["heartbeat", "reference.bad_address", { user: "x", address: "a".repeat(1_900_000) }],
    ["rank", "reference.bad_name", {}],
    ["rank", "reference.bad_name", { user: "" }],
    ["rank", "reference.bad_name", { user: 5 }],
    ["rank", "reference.bad_name", { user: "a\nb" }],
    ["heartbeat", "reference.bad_name", { user: "x".repeat(65) }],
    ["heartbeat", "reference.bad_instance", { user: "x", instance: 5 }],
    ["heartbeat", "reference.bad_instance", { user: "x", instance: "" }],
    ["heartbeat", "reference.bad_instance", { user: "x", instance: "\0" }],
    ["heartbeat", "reference.bad_instance", { user: "x", instance: "i".repeat(65) }],
    ["leave", "reference.bad_name", { instance: "i" }],
    ["leave", "reference.bad_instance", { user: "good" }],
    ["leave", "reference.bad_instance", { user: "good", instance: "i".repeat(65) }],
  ])("to %s is refused with %s, counted, and changes nothing", async (service, reason, data) => {
    const reference = new Reference();
    await reference.ask("heartbeat", { user: "good" });
    const before = await reference.ask("list");
    for (let count = 1; count <= 12; count++) {
      expect(await reference.ask(service, data)).toMatchObject({ status: "erro", code: reason });
      expect(reference.refusals(reason)).toBe(count);
    }
    expect(await reference.ask("list")).toEqual(before);
    expect([await reference.ask("heartbeat", { user: "good" }), reference.crashes]).toEqual([{ rank: 1 }, []]);
  });
});

describe("what the home has set", () => {
  test("is told to a server of its kind, and to no other", async () => {
    const reference = new Reference();
    expect(await reference.ask("heartbeat", { user: "ana" })).toEqual({ rank: 1 });
    expect(await reference.ask("heartbeat", { user: "ana", address: null, instance: null })).toEqual({ rank: 1 });
    expect(await reference.ask("heartbeat", { user: "two", instance: "i" })).toEqual({
      rank: 2,
      heartbeatMs: limits.serverHeartbeatMs,
      synchronisation: "estimate",
    });
  });
});

describe("the queues", () => {
  test("are those of broker and proxy, with the slowest subscribers", async () => {
    const figures = { published: 10, delivered: 20, dropped: 3, subscribers: 2 };
    const slow = [{ address: "10.0.0.9:50122", dropped: 3, waitingBytes: 100 }];
    const asked: number[] = [];
    const slowest = (countMax: number) => {
      asked.push(countMax);
      return slow;
    };
    const reference = new Reference({ proxy: { figures: () => figures, slowest } });
    expect(await reference.ask("queues")).toEqual({
      broker: { workers: 1, waiting: 0, running: 0 },
      publications: figures,
      slow,
    });
    expect(asked).toEqual([limits.slowSubscribersMax]);
  });
});
