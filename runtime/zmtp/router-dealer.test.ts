// ROUTER and DEALER over loopback: who is who, what goes to whom, and what becomes of messages to nobody.
import { afterEach, describe, expect, test } from "bun:test";

import { latin1 } from "../wire/test-zmtp.ts";
import { DealerSocket } from "./dealer-socket.ts";
import { RouterSocket } from "./router-socket.ts";
import { Bench, peersAt, type RawPeer, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const bench = new Bench();

afterEach(() => bench.clear());

const octets = (text: string): Buffer => Buffer.from(text, "latin1");

function listenAsRouter() {
  /** Identity, then frames. */
  const heard: string[][] = [];
  const router = bench.keep(
    new RouterSocket(bench.context, (identity, frames) => void heard.push(latin1([identity, ...frames]))),
  );
  return { router, heard, port: router.endpoints.bind({ port: 0 }) };
}

function deal(identity = "") {
  const heard: string[][] = [];
  const options = identity === "" ? {} : { identity: octets(identity) };
  const dealer = bench.keep(new DealerSocket(bench.context, (frames) => void heard.push(latin1(frames)), options));
  const dial = (port: number): (() => void) => dealer.endpoints.connect({ host: HOST, port });
  return { dealer, heard, dial };
}

const dialAs = (port: number, identity: string): Promise<RawPeer> =>
  bench.dial(port, { socketType: "DEALER", identity: octets(identity) });

describe("a ROUTER", () => {
  test.each([
    ["one octet", "a"],
    ["255 octets", "i".repeat(255)],
    ["octets that are no text", "\u00ff\u0000\u0080"],
  ])("knows a peer by its identity of %s, and sends to it alone", async (_, identity) => {
    const { router, heard, port } = listenAsRouter();
    const { dealer, heard: answered, dial } = deal(identity);
    const { heard: others, dial: dialToo } = deal("another");
    dial(port);
    dialToo(port);
    await peersAt(router, 2);
    await peersAt(dealer, 1);
    dealer.send(["hello", "", "there"]);
    await until("the hello", () => heard.length === 1);
    expect(heard).toEqual([[identity, "hello", "", "there"]]);
    expect(router.send(octets(identity), ["to", "you"])).toBe(true);
    await until("the answer", () => answered.length === 1);
    expect([answered, others]).toEqual([[["to", "you"]], []]);
  });

  test("makes an identity for each peer that has none: five octets, of which the first is 0", async () => {
    const { router, heard, port } = listenAsRouter();
    const peers = [await dialAs(port, ""), await dialAs(port, "")];
    for (const [index, peer] of peers.entries()) peer.send(`${index}`);
    await until("both", () => heard.length === 2);
    const made = new Map(heard.map(([identity = "", text]) => [text, identity]));
    expect([...made.values()].every((identity) => /^\0[^]{4}$/.test(identity))).toBe(true);
    expect(new Set(made.values()).size).toBe(2);
    expect(router.send(octets(made.get("1") ?? ""), ["you"])).toBe(true);
    await until("the answer", () => peers[1]?.heard.length === 2);
    expect(peers[0]?.heard).toHaveLength(1);
  });

  test("lets who has an identity keep it: another that comes with it is let go, until the first is gone", async () => {
    const { router, heard, port } = listenAsRouter();
    const first = await dialAs(port, "ana");
    await peersAt(router, 1);
    const second = deal("ana");
    second.dial(port);
    await until("the refusal", () => router.refusedCount > 0);
    expect(router.send(octets("ana"), ["you"])).toBe(true);
    await until("the message", () => first.heard.length === 2);
    await until("an end", () => bench.ended.includes("zmtp.not_wanted"));
    first.socket.resetAndDestroy();
    await until("the second", () => second.dealer.send(["now me"]) && heard.length > 0);
    expect(heard[0]).toEqual(["ana", "now me"]);
  });

  test("does not let a peer choose an identity that begins with 0: those are for whom it makes one", async () => {
    const { router, port } = listenAsRouter();
    const peer = await dialAs(port, "\u0000abc");
    await until("the end", () => peer.isOver);
    expect([router.refusedCount, router.endpoints.peers.size]).toEqual([1, 0]);
  });

  test("counts messages to nobody, who has never been there or is gone", async () => {
    const { router, port } = listenAsRouter();
    const peer = await dialAs(port, "ana");
    await peersAt(router, 1);
    expect([router.send(octets("bea"), ["x"]), router.unroutableCount]).toEqual([false, 1]);
    peer.socket.resetAndDestroy();
    await peersAt(router, 0);
    expect([router.send(octets("ana"), ["x"]), router.unroutableCount]).toEqual([false, 2]);
    expect(router.endpoints.droppedCount).toBe(0);
  });

  test("takes identities as octets: one in a longer buffer, and Uint8Array", async () => {
    const { router, port } = listenAsRouter();
    const peer = await dialAs(port, "ana");
    await peersAt(router, 1);
    expect(router.send(Buffer.from("<ana>").subarray(1, 4), ["a"])).toBe(true);
    expect(router.send(new TextEncoder().encode("ana"), ["b"])).toBe(true);
    await until("both", () => peer.heard.length === 3);
  });

  test("hears REQ, and each message of a peer in order, thousands in one go", async () => {
    const { heard, port } = listenAsRouter();
    const { dealer, dial } = deal("ana");
    dial(port);
    await peersAt(dealer, 1);
    const texts = Array.from({ length: 5_000 }, (_, index) => `${index}`);
    expect(texts.every((text) => dealer.send(["", text]))).toBe(true);
    const req = await bench.dial(port, { socketType: "REQ", identity: octets("bea") });
    req.send("", "question");
    await until("all", () => heard.length === texts.length + 1);
    expect(heard.filter(([who]) => who === "ana")).toEqual(texts.map((text) => ["ana", "", text]));
    expect(heard.filter(([who]) => who === "bea")).toEqual([["bea", "", "question"]]);
  });

  test("may dial, and be dialled by another ROUTER", async () => {
    const { router, port } = listenAsRouter();
    const heard: string[] = [];
    const options = { identity: octets("other") };
    const other = bench.keep(
      new RouterSocket(bench.context, (_, frames) => void heard.push(String(frames[0])), options),
    );
    other.endpoints.connect({ host: HOST, port });
    await peersAt(router, 1);
    expect(router.send(octets("other"), ["hello"])).toBe(true);
    await until("the hello", () => heard[0] === "hello");
  });
});

describe("a DEALER", () => {
  test("sends to its peers in turn, and hears all of them", async () => {
    const routers = [listenAsRouter(), listenAsRouter(), listenAsRouter()];
    const { dealer, heard, dial } = deal("me");
    for (const { port } of routers) dial(port);
    await peersAt(dealer, 3);
    for (let number = 0; number < 9; number++) expect(dealer.send([`${number}`])).toBe(true);
    await until("three each", () => routers.every((each) => each.heard.length === 3));
    const shares = routers.map((each) => each.heard.map(([, number]) => Number(number)));
    expect(shares.map(([first = 0, second = 0, third = 0]) => [second - first, third - second])).toEqual([
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
    for (const { router } of routers) router.send(octets("me"), ["hi"]);
    await until("the greetings", () => heard.length === 3);
  });

  test("goes on with those that are left when one is gone, and with those that come", async () => {
    const { dealer } = deal();
    const port = dealer.endpoints.bind({ port: 0 });
    const peers = [await bench.dial(port, { socketType: "REP" }), await bench.dial(port, { socketType: "REP" })];
    await peersAt(dealer, 2);
    dealer.send(["first"]);
    peers[0]?.socket.resetAndDestroy();
    await peersAt(dealer, 1);
    for (const text of ["a", "b"]) expect(dealer.send([text])).toBe(true);
    await until("both", () => peers[1]?.heard.length === 3);
    const third = await bench.dial(port, { socketType: "DEALER" });
    await peersAt(dealer, 2);
    for (const text of ["c", "d"]) expect(dealer.send([text])).toBe(true);
    await until("one each", () => third.heard.length === 2 && peers[1]?.heard.length === 4);
  });

  test("sends nothing where nobody is there, and says so", async () => {
    const { dealer } = deal();
    expect([dealer.send(["x"]), dealer.endpoints.droppedCount]).toEqual([false, 0]);
    const { port } = listenAsRouter();
    dealer.endpoints.connect({ host: HOST, port });
    expect(dealer.send(["not yet"])).toBe(false);
    await peersAt(dealer, 1);
    expect(dealer.send(["now"])).toBe(true);
  });

  test("is given commands of others as little as any: a SUBSCRIBE is no message", async () => {
    const { dealer, heard } = deal();
    const peer = await bench.dial(dealer.endpoints.bind({ port: 0 }), { socketType: "DEALER" });
    peer.socket.write(Buffer.from("\u0004\u000b\u0009SUBSCRIBEx", "latin1"));
    peer.send("a message");
    await until("the message", () => heard.length > 0);
    expect(heard).toEqual([["a message"]]);
  });
});
