// The connections of a server to others: where they lead, and what waits for somebody to listen.
import { afterEach, describe, expect, test } from "bun:test";

import { ServerLinks } from "./server-links.ts";
import { encodeMessage } from "./wire/message-pack.ts";
import { ReplySocket } from "./zmtp/reply-socket.ts";
import { SubscribeSocket } from "./zmtp/subscribe-socket.ts";
import { Bench, until } from "./zmtp/test-sockets.ts";

const HOST = "127.0.0.1";
const QUICK_MS = 20;
const AMPLE_MS = 10_000;
const bench = new Bench();
const opened: ServerLinks[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  return bench.clear();
});

/** Answers every request with its name. */
function server(name: string): { readonly host: string; readonly port: number; readonly socket: ReplySocket } {
  const reply = encodeMessage({ service: "status", data: { name } }, "msgpack");
  const socket = bench.keep(new ReplySocket(bench.context, async () => [reply]));
  return { host: HOST, port: socket.endpoints.bind({ port: 0 }), socket };
}

function links(publishers = 0): ServerLinks {
  const made = new ServerLinks(bench.context.table, HOST, { publishers, reference: 0, store: 0 });
  opened.push(made);
  return made;
}

describe("a server that is asked", () => {
  test("answers, with the times of its request and its reply", async () => {
    const { data, sentMs, arrivedMs } = (await links().askServer("a", server("a"), {}, AMPLE_MS)) ?? {};
    expect(data).toEqual({ name: "a" });
    expect(arrivedMs).toBeGreaterThanOrEqual(sentMs ?? Number.POSITIVE_INFINITY);
  });

  test("is asked where it is now; the connection to where it was is closed", async () => {
    const [here, there] = [server("here"), server("there")];
    const asker = links();
    await asker.askServer("a", here, {}, AMPLE_MS);
    const reply = await asker.askServer("a", there, {}, AMPLE_MS);
    expect(reply?.data).toEqual({ name: "there" });
    await until("the old connection to end", () => here.socket.endpoints.peers.size === 0);
    expect(there.socket.endpoints.peers.size).toBe(1);
  });

  test.each([99_999, 0, -1, Number.NaN])(
    "is one that does not answer at port %p, where nobody can be",
    async (port) => {
      expect(await links().askServer("a", { host: HOST, port }, {}, QUICK_MS)).toBeUndefined();
    },
  );

  test("has no connection any more once it is not kept", async () => {
    const [one, other] = [server("one"), server("other")];
    const asker = links();
    await asker.askServer("one", one, {}, AMPLE_MS);
    await asker.askServer("other", other, {}, AMPLE_MS);
    asker.keepServers(new Set(["other"]));
    await until("its connection to end", () => one.socket.endpoints.peers.size === 0);
    expect(other.socket.endpoints.peers.size).toBe(1);
  });
});

describe("a publication that is to be heard", () => {
  test("waits for the proxy to subscribe, and reaches it", async () => {
    const heard: string[] = [];
    const proxy = bench.keep(
      new SubscribeSocket("XSUB", bench.context, (message) => heard.push(String(message.frames()))),
    );
    proxy.subscribe("");
    const port = proxy.endpoints.bind({ port: 0 });
    expect(await links(port).publishHeard("servers {}", AMPLE_MS)).toBe(true);
    await until("the publication", () => heard.length > 0);
    expect(heard).toEqual(["servers {}"]);
  });

  test("is given up where nobody subscribes in time", async () => {
    const proxy = bench.keep(new SubscribeSocket("XSUB", bench.context, () => undefined));
    const port = proxy.endpoints.bind({ port: 0 });
    expect(await links(port).publishHeard("servers {}", QUICK_MS)).toBe(false);
  });
});

test("what is no map comes back as no answer", async () => {
  const socket = bench.keep(new ReplySocket(bench.context, async () => [encodeMessage([1], "msgpack")]));
  const where = { host: HOST, port: socket.endpoints.bind({ port: 0 }) };
  expect(await links().askServer("a", where, {}, AMPLE_MS)).toBeUndefined();
});
