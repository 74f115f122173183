// The same protocol over TLS: what holds on plain sockets holds here, and the handshake has an end.
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";

import { type Certificate, createCertificate, hasOpenssl } from "./lib/certificate.ts";
import { eventually } from "./lib/eventually.ts";
import { closeFrame, request, requests } from "./lib/frames.ts";
import { createDataFolder, type Settings } from "./lib/node-settings.ts";
import { hasPython, runPython } from "./lib/python.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const folder = createDataFolder();
const nodes: TestNode[] = [];
/** Used only where there is openssl. */
const certificate = (hasOpenssl ? createCertificate(folder) : {}) as Certificate;

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.stop();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function nodeWith(settings: Settings = {}): Promise<TestNode> {
  const { certFile, keyFile } = certificate;
  const tls = { CORREIO_TLS_PORT: 0, CORREIO_TLS_CERT: certFile, CORREIO_TLS_KEY: keyFile };
  const node = await startTestNode({ ...tls, ...settings });
  nodes.push(node);
  return node;
}

const connect = (node: TestNode, reading = true): Promise<WireClient> =>
  WireClient.connect(node.tlsPort, { authority: certificate.authority, reading });

const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.skipIf(!hasOpenssl)("over TLS", () => {
  test("requests are answered in order, and the row says tls", async () => {
    const node = await nodeWith();
    const client = await connect(node);
    client.send(requests(500, "tls"), closeFrame);
    await client.loses();
    expect(client.ids).toEqual(ids(500));
    expect(client.partialBytes).toBe(0);
    client.close();
    expect(node.rows()).toMatchObject([{ transport: "tls", messages_processed: "500", end_reason: "close" }]);
  });

  test("plain and TLS clients are served side by side", async () => {
    const node = await nodeWith();
    const secret = await connect(node);
    const plain = await WireClient.connect(node.port);
    secret.send(request(1));
    plain.send(request(2));
    await Promise.all([secret.hears(1), plain.hears(1)]);
    expect((await node.figures.sessions()).length).toBe(2);
    secret.close();
    plain.close();
  });

  test.skipIf(!hasPython)("a Python client sends 10 000 requests before it reads", async () => {
    const node = await nodeWith();
    const { certFile } = certificate;
    const args = [node.tlsPort, "--count", 10_000, "--authority", certFile];
    const heard = await runPython("pipelining_client.py", args);
    expect(heard).toEqual({ replies: 10_000, in_order: true, right: true, ended: true });
    expect(node.rows()).toMatchObject([{ messages_processed: "10000", end_reason: "close" }]);
  });

  test.skipIf(!hasPython)("one that reads only after the server has given up on its FIN loses nothing", async () => {
    const node = await nodeWith();
    const args = [node.tlsPort, "--count", 10_000, "--authority", certificate.certFile, "--wait", 2.4];
    const heard = await runPython("pipelining_client.py", args);
    expect(heard).toEqual({ replies: 10_000, in_order: true, right: true, ended: true });
  });

  test("many megabytes of replies reach one who reads late, whole, and then the end", async () => {
    const node = await nodeWith();
    const client = await connect(node, false);
    const count = 40_000;
    client.send(requests(count, "late".repeat(50)), closeFrame);
    await eventually("a full queue", async () => ((await node.figures.sessions())[0]?.outboundBytes ?? 0) > 0);
    client.read();
    await client.loses(20_000);
    expect(client.replies.length).toBe(count);
    expect(client.ids.every((id, index) => id === index)).toBe(true);
    expect(client.partialBytes).toBe(0);
    client.close();
  }, 30_000);

  test("a client that shuts its sending side down still gets every reply", async () => {
    const node = await nodeWith();
    const client = await connect(node);
    client.send(requests(2_000)).finish();
    await client.loses();
    expect(client.ids).toEqual(ids(2_000));
    expect((await node.rowsWhen(1))[0]?.["end_reason"]).toBe("disconnect");
    client.close();
  });

  test("a client that never reads is disconnected", async () => {
    const node = await nodeWith({ CORREIO_WRITE_STALL_MS: 300 });
    const client = await connect(node, false);
    client.send(requests(60_000, "deaf".repeat(50)));
    expect((await node.rowsWhen(1))[0]?.["end_reason"]).toBe("peer_not_reading");
    client.close();
  });

  test("a drain answers what was read, then ends the connection", async () => {
    const node = await nodeWith({ CORREIO_WORK_MS: 5 });
    const client = await connect(node);
    client.send(requests(20));
    await client.hears(1);
    const drained = node.drain();
    await client.loses();
    client.close();
    expect(await drained).toBe(0);
    expect(client.ids).toEqual(ids(20));
  });

  test("one too many is told so once it has shaken hands", async () => {
    const node = await nodeWith({ CORREIO_CONNECTIONS_MAX: 1 });
    const first = await connect(node);
    const second = await connect(node);
    second.send(requests(1_000));
    await second.loses();
    expect(second.replies).toEqual([expect.objectContaining({ status: "error", error: "net.connections_max" })]);
    first.close();
    second.close();
  });
});

/** The connection of a client that never speaks TLS ends with `reason`, in the counter alone: it had no session. */
async function expectEnd(settings: Settings, reason: string, act: (client: WireClient) => void): Promise<void> {
  const node = await nodeWith(settings);
  const client = await WireClient.connect(node.tlsPort);
  act(client);
  await client.loses();
  client.close();
  const line = `correio_connections_ended_total{reason="${reason}"}`;
  await eventually("the counter", async () => (await node.figures.metric(line)) === 1);
  expect([node.rows(), await node.figures.sessions()]).toEqual([[], []]);
}

describe.skipIf(!hasOpenssl)("a handshake that does not come", () => {
  test("is waited for no longer than its time", () =>
    expectEnd({ CORREIO_HANDSHAKE_MS: 100 }, "handshake_timeout", () => undefined));

  test("nor when its first octets have come", () =>
    expectEnd({ CORREIO_HANDSHAKE_MS: 100 }, "handshake_timeout", (client) =>
      client.send(Buffer.from([0x16, 0x03, 0x01])),
    ));

  test("because the client speaks plain frames ends the connection at once", () =>
    expectEnd({}, "handshake_failed", (client) => client.send(requests(3))));

  test("because the client is gone ends the connection at once", () =>
    expectEnd({}, "handshake_failed", (client) => client.finish()));

  test("does not hold up a drain", async () => {
    const node = await nodeWith({ CORREIO_DRAIN_MS: 60_000 });
    const client = await WireClient.connect(node.tlsPort);
    await eventually("the connection", async () => (await node.figures.metric("correio_connections")) === 1);
    await node.drain();
    expect(node.rows()).toEqual([]);
    client.close();
  });

  test("does not keep a refused client for ever", async () => {
    const node = await nodeWith({ CORREIO_CONNECTIONS_MAX: 1 });
    const first = await connect(node);
    const second = await WireClient.connect(node.tlsPort);
    await second.loses();
    expect(second.replies).toEqual([]);
    first.close();
    second.close();
  });
});
