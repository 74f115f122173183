// The link over ZeroMQ with real sockets: open once publications come, requests one by one, and what no client expects.
import { afterEach, describe, expect, test } from "bun:test";

import { decodeMessage, encodeMessage } from "#runtime/wire/message-pack.ts";
import { createZmtpContext, type Frames, PublishSocket, ReplySocket, ZmtpMessage } from "#runtime/zmtp/mod.ts";

import { startLink } from "./start-link.ts";

const stack: (() => void)[] = [];

afterEach(() => {
  for (const undo of stack.splice(0)) undo();
});

/** A proxy that acknowledges, and a service that answers with `reply`: with the request, unless it is given. */
function startServer(reply: (octets: Buffer) => Frames = (octets) => [octets]) {
  const context = createZmtpContext();
  const replies = new ReplySocket(context, ([octets = Buffer.alloc(0)]) => reply(octets));
  const subscribed: string[] = [];
  const proxy = new PublishSocket("XPUB", context, {
    onSubscription({ subscribes, topic }, peer) {
      subscribed.push(`${subscribes ? "+" : "-"}${topic.toString()}`);
      if (topic.toString().startsWith("@ack")) peer.send(ZmtpMessage.of([topic]));
    },
  });
  const [port, publicationsPort] = [replies.endpoints.bind({ port: 0 }), proxy.endpoints.bind({ port: 0 })];
  const publish = (...frames: Frames): void => void proxy.publish(ZmtpMessage.of(frames));
  const stop = (): void => [replies, proxy].forEach(({ endpoints }) => endpoints.close());
  stack.push(stop);
  return {
    target: { transport: "zeromq", host: "127.0.0.1", port, publicationsPort } as const,
    publish,
    subscribed,
    stop,
  };
}

async function open(server: ReturnType<typeof startServer>) {
  const [opened, lost] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const received: string[] = [];
  let heard = Promise.withResolvers<void>();
  const link = startLink(server.target, {
    opened: opened.resolve,
    received(line) {
      received.push(line);
      heard.resolve();
    },
    lost: lost.resolve,
  });
  stack.push(() => link.close());
  await opened.promise;
  const lines = async (count: number): Promise<readonly string[]> => {
    while (received.length < count) {
      await heard.promise;
      heard = Promise.withResolvers();
    }
    return received;
  };
  /** Whatever was sent before, either way, has come. */
  let flushes = 0;
  const flushed = async (): Promise<readonly string[]> => {
    const topic = `@ack ${++flushes}`;
    link.send(`+${topic}`);
    while (!received.includes(topic)) await lines(received.length + 1);
    return received.filter((line) => !line.startsWith("@ack"));
  };
  return { link, lines, flushed, lost: lost.promise };
}

describe("requests", () => {
  test("are JSON here and MessagePack on their way, one after the other", async () => {
    const asked: unknown[] = [];
    const server = startServer((octets) => {
      const decoded = decodeMessage(octets);
      asked.push(decoded.kind === "value" && decoded.encoding, decoded.kind === "value" && decoded.value);
      return [octets];
    });
    const { link, lines } = await open(server);
    link.send('{"service":"users","data":{"clock":1}}');
    link.send('{"service":"login","data":{"user":"ação"}}');
    expect(await lines(2)).toEqual([
      '{"service":"users","data":{"clock":1}}',
      '{"service":"login","data":{"user":"ação"}}',
    ]);
    expect(asked.filter((each) => typeof each === "string")).toEqual(["msgpack", "msgpack"]);
  });

  test.each([
    ["octets that are no message", [Buffer.of(0xc1, 0xff)]],
    ["text that is no map", [encodeMessage("oi", "msgpack")]],
    ["two frames", ["{}", "{}"]],
    ["no frame", []],
    ["MessagePack that is cut off", [Buffer.of(0x83, 0xa1)]],
  ] as const)("answered with %s are answered with nothing", async (_, frames) => {
    const { link, lines } = await open(startServer(() => frames));
    link.send('{"service":"users","data":{}}');
    expect(await lines(1)).toEqual(["{}"]);
  });
});

describe("publications", () => {
  test("come of the topics that are subscribed to, as long as they are", async () => {
    const server = startServer();
    const { link, flushed } = await open(server);
    link.send("+@geral ");
    link.send("+@ana ");
    await flushed();
    server.publish("@geral 1 geral ana: oi");
    server.publish("@jogos 1 jogos ana: oi");
    link.send("-@ana ");
    await flushed();
    server.publish("@ana 1 ana bea: oi");
    expect(await flushed()).toEqual(["@geral 1 geral ana: oi"]);
    expect(server.subscribed.slice(0, 3)).toEqual(["+@ack open", "+@geral ", "+@ana "]);
  });

  test("in several frames, and such as look like replies, are not handed on", async () => {
    const server = startServer();
    const { link, flushed } = await open(server);
    link.send("+");
    await flushed();
    server.publish("@geral 1 geral ana: oi", "e mais");
    server.publish('{"service":"users","data":{}}');
    server.publish("geral ana: oi");
    server.publish("");
    server.publish(Buffer.of(0x40, 0xff, 0x00));
    expect(await flushed()).toEqual(["@\ufffd\u0000"]);
  });
});

test("it is open when requests are taken as well, and whoever is no ZeroMQ server is said to be none", async () => {
  const server = startServer();
  const text = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: (socket) => void socket.write("oi\n") } });
  stack.push(() => text.stop(true));
  const { promise, resolve } = Promise.withResolvers<string>();
  const events = { opened: () => resolve("opened"), received: () => undefined, lost: resolve };
  const link = startLink({ ...server.target, port: text.port }, events);
  stack.push(() => link.close());
  expect(await promise).toBe("quem atende não fala ZeroMQ");
});

test("the loss of the server is told once, and ends it", async () => {
  const server = startServer();
  const { link, lost } = await open(server);
  server.stop();
  expect(await lost).toBe("conexão encerrada");
  link.send("+@geral ");
  link.send('{"service":"users","data":{}}');
});
