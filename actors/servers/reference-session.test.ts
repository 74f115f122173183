// What the reference answers besides ranks: where servers are, and what waits at their home.
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
  readonly #connection: ConnectionStandIn;

  constructor(given: Partial<ServerServices> = {}) {
    const { servers } = createTestServices({ servers: given });
    const { types } = createServerTypes(servers);
    this.#stepped = new SteppedSystem(Object.values(types));
    this.#connection = new ConnectionStandIn(this.#stepped.system, types.referenceSession);
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
