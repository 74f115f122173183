// What strangers send to the messaging ports of a whole node: each harms himself alone, and is counted with his reason.
import { afterAll, describe, expect, test } from "bun:test";

import { createRandom } from "#runtime/base/random.ts";
import { encodeMessage } from "#runtime/wire/message-pack.ts";
import { createZmtpContext, DealerSocket, PublishSocket, ZmtpMessage } from "#runtime/zmtp/mod.ts";

import { eventually } from "./lib/eventually.ts";
import { freeMessagingPorts } from "./lib/messaging-ports.ts";
import { TestRequester } from "./lib/messaging-requests.ts";
import { withoutTimes } from "./lib/server-group.ts";
import { startTestNode } from "./lib/test-node.ts";

const node = await startTestNode({ ...freeMessagingPorts(), CORREIO_SERVER_HEARTBEAT_MS: 500 });
const good = new TestRequester(node.node.messaging?.clients ?? 0);

afterAll(async () => {
  good.close();
  await node.stop();
});

const ports = (): readonly number[] => Object.values(node.node.messaging ?? {});
const isServed = async (): Promise<boolean> => "users" in (await good.ask("users"));

/** Sends these octets and waits until the node has closed the connection. */
async function sendAndLose(port: number, octets: Uint8Array): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data: () => undefined, close: () => resolve(), end: () => resolve(), error: () => resolve() },
  });
  socket.write(octets);
  await promise;
  socket.end();
}

/** As a client that may send anything as its body; the reply, decoded by the one that asks well. */
function ask(body: Uint8Array): Promise<readonly Buffer[]> {
  const { promise, resolve } = Promise.withResolvers<readonly Buffer[]>();
  const dealer = new DealerSocket(createZmtpContext(), (frames) => {
    dealer.endpoints.close();
    resolve(frames);
  });
  dealer.endpoints.connect({ host: "127.0.0.1", port: node.node.messaging?.clients ?? 0 });
  void eventually("a connection", () => dealer.endpoints.peers.size > 0).then(() => dealer.send(["", body]));
  return promise;
}

describe("octets that are no ZMTP", () => {
  test("end their own connection, at every port", async () => {
    const random = createRandom(5);
    for (const port of ports()) {
      const garbage = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random.next() * 255)));
      await sendAndLose(port, garbage);
      await sendAndLose(port, Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    }
    expect(await isServed()).toBe(true);
    expect(await node.figures.metric('correio_connections_ended_total{reason="wire.zmtp_greeting"}')).toBeGreaterThan(
      ports().length,
    );
  });
});

describe("a request that is no message", () => {
  test.each([
    ["nothing at all", Buffer.alloc(0)],
    ["a depth of 10 000", depth(10_000)],
    ["an array of 4 294 967 295", Buffer.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ["a map of 4 294 967 295", Buffer.of(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ["a text of 4 GiB", Buffer.of(0xdb, 0xff, 0xff, 0xff, 0xff, 0x61)],
    ["an extension", Buffer.of(0x81, 0xa1, 0x61, 0xd6, 0xff, 0, 0, 0, 0)],
    ["__proto__", Buffer.concat([Buffer.of(0x81, 0xa9), Buffer.from("__proto__"), Buffer.of(0x80)])],
    ["JSON that is deep", Buffer.from(`{"a":${"[".repeat(10_000)}`)],
    ["a list", encodeMessage([1, 2], "msgpack")],
    ["data that are no map", encodeMessage({ service: "login", data: 5 }, "msgpack")],
  ])("%s is answered with an error", async (_, body) => {
    const [, reply = Buffer.alloc(0)] = await ask(body);
    expect(reply.toString()).toContain("erro");
    expect(await isServed()).toBe(true);
  });
});

describe("a name, text or clock that is none", () => {
  test.each([
    ["login", { user: "servers" }],
    ["login", { user: "@ana" }],
    ["login", { user: { $gt: "" } }],
    ["channel", { channel: "a b" }],
    ["channel", { channel: "x".repeat(65) }],
    ["publish", { user: "ana", channel: "geral", message: "x".repeat(4_097) }],
    ["login", { user: "ana", clock: 2 ** 52 }],
    ["login", { user: "ana", clock: -1 }],
    ["login", { user: "ana", hlc: "99999999999999.0" }],
    ["history", { channel: "geral", count: 1_000_000 }],
  ])("%s %j is refused in words", async (service, data) => {
    expect(withoutTimes(await good.ask(service, data))).toMatchObject({ status: "erro" });
  });
});

test("publications of anything reach who subscribed to everything, and change nothing", async () => {
  const publisher = new PublishSocket("PUB", createZmtpContext());
  publisher.endpoints.connect({ host: "127.0.0.1", port: node.node.messaging?.publishers ?? 0 });
  const forged = 'servers {"service":"election","data":{"coordinator":"nobody","clock":1}}';
  await eventually("its subscription", () => publisher.publish(ZmtpMessage.of([forged])) > 0);
  for (const text of ["servers {", "", "\u0000\u0001", "@ack 1"]) publisher.publish(ZmtpMessage.of([text]));
  publisher.endpoints.close();
  const { reference = 0 } = node.node.messaging ?? {};
  const asking = new TestRequester(reference);
  await eventually("an election", async () => (await asking.ask("election"))["coordinator"] === "test-node");
  asking.close();
});

function depth(count: number): Buffer {
  return Buffer.concat([Buffer.alloc(count, 0x91), Buffer.of(0xc0)]);
}
