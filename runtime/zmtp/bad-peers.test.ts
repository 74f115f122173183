// Peers that break the protocol, or are not there any more: each ends its own connection, and no other notices.
import { afterEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";

import { limits } from "../limits.ts";
import type { WireFault } from "../wire/protocol.ts";
import { greeting, MORE, ready, zmtpCommand, zmtpFrame } from "../wire/test-zmtp.ts";
import { DealerSocket } from "./dealer-socket.ts";
import { ReplySocket } from "./reply-socket.ts";
import { RequestSocket } from "./request-socket.ts";
import { RouterSocket } from "./router-socket.ts";
import { Bench, peersAt, type RawPeer, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const PING_MS = 50;
const bench = new Bench();
const strangers: Socket[] = [];

afterEach(() => {
  for (const stranger of strangers.splice(0)) stranger.destroy();
  bench.clear();
});

function serve(): { rep: ReplySocket; port: number } {
  const rep = bench.keep(new ReplySocket(bench.context, (frames) => frames, { pingMs: PING_MS }));
  return { rep, port: rep.endpoints.bind({ port: 0 }) };
}

/** Says this as soon as it can, and nothing else. */
function say(port: number, ...chunks: readonly Uint8Array[]): { socket: Socket; isOver: () => boolean } {
  const socket = connect({ host: HOST, port });
  strangers.push(socket);
  let over = false;
  socket.on("error", () => undefined).on("data", () => undefined);
  socket.on("close", () => (over = true));
  for (const chunk of chunks) socket.write(chunk);
  return { socket, isOver: () => over };
}

const hands = Buffer.concat([greeting(), ready("REQ")]);

describe("a peer that", () => {
  const cases: readonly (readonly [what: string, said: Buffer, fault: WireFault])[] = [
    ["speaks HTTP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "wire.zmtp_greeting"],
    ["speaks ZMTP 2.0", greeting({ major: 1 }), "wire.zmtp_version"],
    ["wants CURVE", greeting({ mechanism: "CURVE" }), "wire.zmtp_mechanism"],
    ["is a PUB", Buffer.concat([greeting(), ready("PUB")]), "wire.zmtp_socket_type"],
    ["does not shake hands", Buffer.concat([greeting(), zmtpCommand("HELLO")]), "wire.zmtp_handshake"],
    ["gives up", Buffer.concat([hands, zmtpCommand("ERROR")]), "wire.zmtp_refused_by_peer"],
    ["sets a reserved flag", Buffer.concat([hands, zmtpFrame(8, "")]), "wire.zmtp_frame"],
    ["announces 2^63 octets", Buffer.concat([hands, zmtpFrame(0, "", 2n ** 63n)]), "wire.frame_too_large"],
    ["sends a command without a name", Buffer.concat([hands, zmtpFrame(4, "")]), "wire.zmtp_command"],
    ["is gone within a message", Buffer.concat([hands, zmtpFrame(MORE, "x")]), "wire.truncated"],
    ["is gone within the handshake", greeting(), "wire.truncated"],
  ];

  test.each(cases)("%s ends its own connection, and no other", async (_, said, fault) => {
    const { port } = serve();
    const req = bench.keep(new RequestSocket(bench.context));
    req.endpoints.connect({ host: HOST, port });
    await req.request(["before"]);
    const { socket, isOver } = say(port, said);
    if (fault === "wire.truncated") socket.end();
    await until("its end", () => isOver() && bench.ended.length > 0);
    expect((await req.request(["after"])).frames.map(String)).toEqual(["after"]);
    expect([bench.ended, bench.faults]).toEqual([[fault], []]);
  });

  test("sends MORE frames without end, a million, is over at the bound, and nothing of them is kept", async () => {
    const { port } = serve();
    const endless = Buffer.alloc(2_000_000, zmtpFrame(MORE, ""));
    const { isOver } = say(port, hands, endless);
    await until("its end", () => isOver() && bench.ended.length > 0);
    expect([bench.ended, bench.context.table.budget.heldBytes]).toEqual([["wire.zmtp_frames_max"], 0]);
  });

  test("pings without end and reads nothing is stopped before its answers take all memory", async () => {
    const { outboundBytesMax } = limits;
    const options = { highWaterBytes: outboundBytesMax };
    const dealer = bench.keep(new DealerSocket(bench.context, () => undefined, options));
    const { socket } = say(dealer.endpoints.bind({ port: 0 }), greeting(), ready("ROUTER"));
    await peersAt(dealer, 1);
    socket.pause();
    // Nearly as much as may wait for it does already.
    while (dealer.send([Buffer.alloc(1_000_000)])) await Bun.sleep(0);
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => zmtpCommand("PING", Buffer.alloc(18))));
    const { table } = bench.context;
    let waitingBytesMost = table.outboundBytes();
    while (table.connectionCount() > 0) {
      if (socket.writableLength < pings.length) socket.write(pings);
      await Bun.sleep(0);
      waitingBytesMost = Math.max(waitingBytesMost, table.outboundBytes());
    }
    expect(waitingBytesMost).toBeWithin(outboundBytesMax / 2, outboundBytesMax + 1_048_576);
    expect(bench.ended).toEqual(["outbound_overflow"]);
  });
});

describe("a handler that throws", () => {
  test("what a ROUTER is given ends that connection, as a bug of ours, and no other", async () => {
    const heard: string[] = [];
    const router = bench.keep(
      new RouterSocket(bench.context, (_, [frame]) => {
        if (String(frame) === "bad") throw new Error("a bug");
        heard.push(String(frame));
      }),
    );
    const port = router.endpoints.bind({ port: 0 });
    const [bad, good] = [
      await bench.dial(port, { socketType: "DEALER" }),
      await bench.dial(port, { socketType: "DEALER" }),
    ];
    bad.send("bad");
    await until("its end", () => bad.isOver);
    good.send("good");
    await until("the other", () => heard.length === 1);
    expect([bench.faults, bench.ended, router.endpoints.peers.size]).toEqual([["a bug"], ["net.fault"], 1]);
  });
});

describe("a silent peer", () => {
  test("of a socket is noticed within three times its pingMs, and one that answers is not", async () => {
    const clock = bench.stopTime();
    const { rep, port } = serve();
    const dialled = ["silent", "answers"].map((name) =>
      bench.dial(port, { socketType: "REQ", identity: Buffer.from(name) }),
    );
    await peersAt(rep, 2, clock);
    const [silent, answers] = (await Promise.all(dialled)) as [RawPeer, RawPeer];
    silent.isMute = true;
    const { stats } = bench.context.table;
    for (let round = 1; round <= 3; round++) {
      const { bytesIn } = stats;
      expect(bench.ended).toEqual([]);
      await clock.advance(PING_MS);
      await until("the answer of the other", () => stats.bytesIn > bytesIn, clock);
    }
    await until("the end", () => silent.isOver, clock);
    expect([bench.ended, answers.isOver, rep.endpoints.peers.size]).toEqual([["heartbeat_missed"], false, 1]);
  });
});
