// REQ and REP over loopback: each request has its own reply or a reason, in order, and nobody waits for another's.
import { afterEach, describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { ending } from "../testing/outcome.ts";
import { zmtpCommand } from "../wire/test-zmtp.ts";
import { type Frames, type ReplyHandler, ReplySocket } from "./reply-socket.ts";
import { type Reply, RequestSocket } from "./request-socket.ts";
import { Bench, peersAt, type RawPeer, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const SOON_MS = 20;
const bench = new Bench();

afterEach(() => bench.clear());

const echo: ReplyHandler = (frames) => ["re:", ...frames];
const texts = ({ frames }: Reply): string[] => frames.map(String);

function serve(handler: ReplyHandler): { rep: ReplySocket; port: number } {
  const rep = bench.keep(new ReplySocket(bench.context, handler));
  return { rep, port: rep.endpoints.bind({ port: 0 }) };
}

function ask(...ports: readonly number[]): RequestSocket {
  const req = bench.keep(new RequestSocket(bench.context));
  for (const port of ports) req.endpoints.connect({ host: HOST, port });
  return req;
}

/** A REQ, and what it asks in our hands. */
async function askRaw(): Promise<{ req: RequestSocket; peer: RawPeer; requests: () => string[] }> {
  const server = await bench.listen({ socketType: "REP" });
  const req = ask(server.port);
  await peersAt(req, 1);
  const peer = server.peers[0] as RawPeer;
  return { req, peer, requests: () => peer.heard.slice(1).map((frames) => (frames as string[]).slice(2).join("|")) };
}

/** Handlers wait until they are let go, one by one. */
function heldHandler(): { handler: ReplyHandler; waiting: string[]; next: () => void; most: () => number } {
  const waiting: string[] = [];
  const held: (() => void)[] = [];
  let most = 0;
  const handler: ReplyHandler = (frames) => {
    waiting.push(String(frames[0]));
    most = Math.max(most, waiting.length);
    return new Promise<Frames>((resolve) => {
      held.push(() => {
        waiting.splice(waiting.indexOf(String(frames[0])), 1);
        resolve(["re:", ...frames]);
      });
    });
  };
  return { handler, waiting, next: () => held.shift()?.(), most: () => most };
}

describe("a request", () => {
  test.each([
    ["of one frame", ["oi"]],
    ["of several frames, empty ones too", ["", "a", "", "é", ""]],
    ["without a frame", []],
    ["of 900 KB", ["x".repeat(900_000)]],
  ])("%s has its reply", async (_, frames) => {
    const { port } = serve(echo);
    const { frames: reply } = await ask(port).request(frames);
    expect(reply.map(String)).toEqual(["re:", ...frames]);
  });

  test("says when it was written and when its reply came", async () => {
    const { port } = serve(echo);
    const { clock } = bench.context.table;
    const beforeMs = clock.monotonicMs();
    const { sentMs, arrivedMs } = await ask(port).request(["oi"]);
    expect(sentMs).toBeWithin(beforeMs, arrivedMs + 1);
    expect(arrivedMs).toBeLessThanOrEqual(clock.monotonicMs());
  });

  test("that waits for the one before it is sent when that is answered: all in order, one at a time", async () => {
    const { req, peer, requests } = await askRaw();
    const replies = ["a", "b", "c"].map((text) => req.request([text]));
    for (const [index, text] of ["a", "b", "c"].entries()) {
      await until(`request ${text}`, () => requests().length === index + 1);
      expect(requests().at(-1)).toBe(text);
      const [id = ""] = peer.heard.at(-1) as string[];
      peer.send(Buffer.from(id, "latin1"), "", `re: ${text}`);
    }
    expect((await Promise.all(replies)).map(texts)).toEqual([["re: a"], ["re: b"], ["re: c"]]);
  });

  test("is sent with four octets by which its reply is known, and a delimiter", async () => {
    const { req, peer } = await askRaw();
    void ending(req.request(["oi"]));
    await until("the request", () => peer.heard.length === 2);
    expect(peer.heard).toEqual(["REQ/ 3.1", ["\u0000\u0000\u0000\u0001", "", "oi"]]);
  });

  test("goes to the peers in turn", async () => {
    const servers = ["a", "b", "c"].map((name) => serve(() => [name]));
    const req = ask(...servers.map(({ port }) => port));
    await peersAt(req, 3);
    const names: string[] = [];
    for (let round = 0; round < 6; round++) names.push(...texts(await req.request(["who"])));
    expect(names.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
    expect(names.slice(3)).toEqual(names.slice(0, 3));
  });

  test("waits for somebody to be asked: on either side one may listen", async () => {
    const req = ask();
    const reply = req.request(["early"]);
    const rep = bench.keep(new ReplySocket(bench.context, echo));
    rep.endpoints.connect({ host: HOST, port: req.endpoints.bind({ port: 0 }) });
    expect(texts(await reply)).toEqual(["re:", "early"]);
  });
});

describe("a reply", () => {
  test.each([
    ["with another id", (peer: RawPeer) => peer.send(Buffer.alloc(4), "", "forged")],
    ["without an id", (peer: RawPeer) => peer.send("", "forged")],
    ["without an envelope", (peer: RawPeer) => peer.send("forged")],
    ["with more behind the id", (peer: RawPeer) => peer.send(Buffer.of(0, 0, 0, 1), "x", "", "forged")],
    ["with more before the id", (peer: RawPeer) => peer.send("x", Buffer.of(0, 0, 0, 1), "", "forged")],
  ])("%s is none", async (_, answerWrongly) => {
    const { req, peer, requests } = await askRaw();
    const reply = req.request(["oi"]);
    await until("the request", () => requests().length === 1);
    answerWrongly(peer);
    peer.send(Buffer.of(0, 0, 0, 1), "", "true");
    expect(texts(await reply)).toEqual(["true"]);
  });

  test("of another peer than was asked is none", async () => {
    const server = await bench.listen({ socketType: "REP" });
    const req = ask(server.port, server.port);
    await peersAt(req, 2);
    const reply = req.request(["oi"]);
    const asked = (): RawPeer | undefined => server.peers.find((peer) => peer.heard.length === 2);
    await until("the request", () => asked() !== undefined);
    server.peers.find((peer) => peer !== asked())?.send(Buffer.of(0, 0, 0, 1), "", "forged");
    const { bytesIn } = bench.context.table.stats;
    await until("the forged one", () => bench.context.table.stats.bytesIn > bytesIn);
    asked()?.send(Buffer.of(0, 0, 0, 1), "", "true");
    expect(texts(await reply)).toEqual(["true"]);
  });

  test("that comes late is not that of the next request", async () => {
    const { req, peer, requests } = await askRaw();
    expect(await ending(req.request(["slow"], SOON_MS))).toMatchObject({ code: "zmtp.no_reply", stood: "unknown" });
    const reply = req.request(["next"]);
    await until("the next request", () => requests().length === 2);
    peer.send(Buffer.of(0, 0, 0, 1), "", "of the slow one");
    peer.send(Buffer.of(0, 0, 0, 2), "", "of the next");
    expect(texts(await reply)).toEqual(["of the next"]);
  });
});

describe("a request fails", () => {
  test("when nobody is there in time: it was never sent", async () => {
    const failed = await ending(ask().request(["oi"], SOON_MS));
    expect(failed).toMatchObject({ name: "ZmtpError", code: "zmtp.no_reply", stood: "queued" });
  });

  test("when the one before it takes all its time: it was never sent, and what follows is", async () => {
    const { req, requests } = await askRaw();
    const [first, second] = [req.request(["first"], 2 * SOON_MS), req.request(["second"], SOON_MS)].map(ending);
    expect(await second).toMatchObject({ code: "zmtp.no_reply", stood: "queued" });
    expect(await first).toMatchObject({ code: "zmtp.no_reply", stood: "unknown" });
    void ending(req.request(["third"]));
    await until("the third request", () => requests().length === 2);
    expect(requests()).toEqual(["first", "third"]);
  });

  test("when its peer is lost; the next one waits for another", async () => {
    const { req, peer, requests } = await askRaw();
    const [lost, next] = [ending(req.request(["lost"])), ending(req.request(["next"]))];
    await until("the request", () => requests().length === 1);
    const { port } = serve(echo);
    req.endpoints.connect({ host: HOST, port });
    await peersAt(req, 2);
    peer.socket.resetAndDestroy();
    expect(await lost).toMatchObject({ code: "zmtp.peer_gone", stood: "unknown" });
    expect(await next).toMatchObject({ kind: "answered" });
  });

  test("when too many wait: at the limit none does, and one past it at once", async () => {
    const req = ask();
    const all = Array.from({ length: limits.zmtpRequestsWaitingMax }, () => ending(req.request(["oi"])));
    expect(await ending(req.request(["one more"]))).toMatchObject({ code: "zmtp.too_many", stood: "queued" });
    const { port } = serve(echo);
    req.endpoints.connect({ host: HOST, port });
    expect((await Promise.all(all)).every(({ kind }) => kind === "answered")).toBe(true);
    expect((await req.request(["later"])).frames).toHaveLength(2);
  });

  test("when the socket is closed, whether it was sent or not, and ever after", async () => {
    const { req, requests } = await askRaw();
    const [sent, waiting] = [ending(req.request(["sent"])), ending(req.request(["waiting"]))];
    await until("the request", () => requests().length === 1);
    req.close();
    expect(await sent).toMatchObject({ code: "zmtp.closed", stood: "unknown" });
    expect(await waiting).toMatchObject({ code: "zmtp.closed", stood: "queued" });
    expect(await ending(req.request(["after"]))).toMatchObject({ code: "zmtp.closed", stood: "queued" });
    expect(req.endpoints.peers.size).toBe(0);
  });
});

describe("a REP", () => {
  test("echoes every frame of the envelope unchanged, whatever it is", async () => {
    const { port } = serve(echo);
    const peer = await bench.dial(port, { socketType: "DEALER" });
    peer.send("broker", Buffer.of(0, 255), "", "", "body");
    await until("the reply", () => peer.heard.length === 2);
    expect(peer.heard[1]).toEqual(["broker", "\u0000ÿ", "", "re:", "", "body"]);
  });

  test("counts what has no envelope, and goes on", async () => {
    const { rep, port } = serve(echo);
    const peer = await bench.dial(port, { socketType: "DEALER" });
    peer.send("no envelope");
    peer.send("", "a request");
    await until("the reply", () => peer.heard.length === 2);
    expect([peer.heard[1], rep.refusedCount]).toEqual([["", "re:", "a request"], 1]);
  });

  test("handles one request of a peer at a time, and answers in order", async () => {
    const { handler, waiting, next, most } = heldHandler();
    const { port } = serve(handler);
    const peer = await bench.dial(port, { socketType: "DEALER" });
    const all = Array.from({ length: 50 }, (_, index) => String(index));
    for (const text of all) peer.send("", text);
    for (const text of all) {
      await until(`request ${text}`, () => waiting[0] === text);
      next();
    }
    await until("all replies", () => peer.heard.length === all.length + 1);
    expect(peer.heard.slice(1)).toEqual(all.map((text) => ["", "re:", text]));
    expect(most()).toBe(1);
  });

  test("serves its peers side by side: a slow answer to one is nothing to another", async () => {
    const { handler, waiting, next } = heldHandler();
    const { port } = serve((frames, arrivedMs) => (String(frames[0]) === "slow" ? handler(frames, arrivedMs) : frames));
    const slow = ask(port).request(["slow"]);
    await until("the slow request", () => waiting.length === 1);
    expect(texts(await ask(port).request(["quick"]))).toEqual(["quick"]);
    next();
    expect(texts(await slow)).toEqual(["re:", "slow"]);
  });

  test("answers the PING of a peer whose request it is still answering", async () => {
    const { handler, waiting, next } = heldHandler();
    const { port } = serve(handler);
    const peer = await bench.dial(port, { socketType: "REQ" });
    peer.send("", "slow");
    await until("the request", () => waiting.length === 1);
    const { bytesRead } = peer.socket;
    peer.socket.write(zmtpCommand("PING", "\u0000\u0000hi"));
    await until("the PONG", () => peer.socket.bytesRead - bytesRead === zmtpCommand("PONG", "hi").length);
    next();
    await until("the reply", () => peer.heard.length === 2);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("a bug of the handler");
      },
    ],
    ["rejects", () => Promise.reject(new Error("a bug of the handler"))],
  ] as const)("lets a peer go whose handler %s; others are served", async (_, fail) => {
    const { rep, port } = serve((frames) => (String(frames[0]) === "bad" ? fail() : frames));
    const [bad, good] = [ask(port), ask(port)];
    expect(await ending(bad.request(["bad"]))).toMatchObject({ code: "zmtp.peer_gone" });
    expect(texts(await good.request(["good"]))).toEqual(["good"]);
    await until("the end", () => bench.ended.includes("zmtp.reply_failed"));
    expect([rep.failedCount, bench.faults]).toEqual([1, []]);
  });

  test("whose peer is gone before the answer is ready forgets it", async () => {
    const { handler, waiting, next } = heldHandler();
    const { rep, port } = serve(handler);
    const peer = await bench.dial(port, { socketType: "REQ" });
    peer.send("", "slow");
    await until("the request", () => waiting.length === 1);
    peer.socket.resetAndDestroy();
    await peersAt(rep, 0);
    next();
    const again = ask(port).request(["again"]);
    await until("another request", () => waiting[0] === "again");
    next();
    expect(texts(await again)).toEqual(["re:", "again"]);
    expect(bench.faults).toEqual([]);
  });
});
