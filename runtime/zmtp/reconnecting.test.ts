// Addresses that are dialled: until somebody answers, again when he is lost, after which waits, and until when.
import { afterEach, describe, expect, test } from "bun:test";
import { connect, createServer, type Server } from "node:net";

import { limits } from "../limits.ts";
import { startDeafListener, unanswered } from "../net/test-real-sockets.ts";
import type { FakeClock } from "../testing/fake-clock.ts";
import { latin1 } from "../wire/test-zmtp.ts";
import { ZmtpMessage } from "../wire/zmtp-message.ts";
import { DealerSocket } from "./dealer-socket.ts";
import { PublishSocket } from "./publish-socket.ts";
import { ReplySocket } from "./reply-socket.ts";
import { RequestSocket } from "./request-socket.ts";
import { SubscribeSocket } from "./subscribe-socket.ts";
import { Bench, peersAt, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const { zmtpRedialMs, zmtpRedialMaxMs, dialMs } = limits;
const bench = new Bench();
const servers: Server[] = [];

afterEach(() => {
  bench.clear();
  for (const server of servers.splice(0)) server.close();
});

function refused(port: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  connect({ host: HOST, port }).on("error", () => resolve());
  return promise;
}

const echo = (name: string): ReplySocket => bench.keep(new ReplySocket(bench.context, (frames) => [name, ...frames]));

describe("a socket that dials", () => {
  test("may do so before anybody listens", async () => {
    const port = await bench.freePort();
    const req = bench.keep(new RequestSocket(bench.context));
    req.endpoints.connect({ host: HOST, port });
    const reply = req.request(["early"]);
    // Refused after that of ours was.
    await refused(port);
    echo("late").endpoints.bind({ port });
    expect((await reply).frames.map(String)).toEqual(["late", "early"]);
  });

  test("comes back when its server is gone and back: what waits is sent then", async () => {
    const first = echo("first");
    const port = first.endpoints.bind({ port: 0 });
    const req = bench.keep(new RequestSocket(bench.context));
    req.endpoints.connect({ host: HOST, port });
    expect((await req.request(["one"])).frames.map(String)).toEqual(["first", "one"]);
    first.endpoints.close();
    await peersAt(req, 0);
    const reply = req.request(["two"]);
    echo("second").endpoints.bind({ port });
    expect((await reply).frames.map(String)).toEqual(["second", "two"]);
  });

  test("asks a publisher that is back for all its topics again, and for no other", async () => {
    const heard: string[] = [];
    const sub = bench.keep(
      new SubscribeSocket("SUB", bench.context, (message) => heard.push(...latin1(message.frames()))),
    );
    for (const topic of ["news", "old", "more"]) sub.subscribe(topic);
    let port = 0;
    for (const round of ["one", "two", "three"]) {
      const asked: string[] = [];
      const pub = bench.keep(
        new PublishSocket("PUB", bench.context, { onSubscription: ({ topic }) => asked.push(String(topic)) }),
      );
      port = pub.endpoints.bind({ port });
      if (round === "one") sub.endpoints.connect({ host: HOST, port });
      await until(`subscriptions, round ${round}`, () => asked.length === (round === "one" ? 3 : 2));
      sub.unsubscribe("old");
      pub.publish(ZmtpMessage.of([`news ${round}`]));
      await until(`news, round ${round}`, () => heard.at(-1) === `news ${round}`);
      if (round !== "one") expect(asked).toEqual(["news", "more"]);
      pub.endpoints.close();
      await peersAt(sub, 0);
    }
    expect(heard).toEqual(["news one", "news two", "news three"]);
  });

  test("dials no more when it is told to stop; who is connected stays", async () => {
    const clock = bench.stopTime();
    const server = await bench.listen({ socketType: "ROUTER" });
    const dealer = bench.keep(new DealerSocket(bench.context, () => undefined));
    const stop = dealer.endpoints.connect({ host: HOST, port: server.port });
    await peersAt(dealer, 1, clock);
    stop();
    expect(dealer.send(["still here"])).toBe(true);
    await until("the message", () => server.peers[0]?.heard.length === 2, clock);
    server.peers[0]?.socket.resetAndDestroy();
    await peersAt(dealer, 0, clock);
    await clock.advance(10 * zmtpRedialMaxMs);
    expect([server.peers.length, bench.context.table.wheel.count]).toEqual([1, 0]);
  });

  test.skipIf(process.platform !== "linux")("gives an attempt up that nobody answers, and makes another", async () => {
    // The kernel's table of half-open connections is Linux's.
    const clock = bench.stopTime();
    const deaf = await startDeafListener();
    const before = unanswered(deaf.port);
    const stop = bench
      .keep(new DealerSocket(bench.context, () => undefined))
      .endpoints.connect({ host: HOST, port: deaf.port });
    await until("an attempt", () => unanswered(deaf.port) === before + 1, clock);
    await clock.advance(dialMs);
    await until("its end", () => unanswered(deaf.port) === before, clock);
    await clock.advance(zmtpRedialMs);
    await until("another attempt", () => unanswered(deaf.port) === before + 1, clock);
    stop();
    await until("the end of that", () => unanswered(deaf.port) === before, clock);
    deaf.stop();
    expect(bench.context.table.wheel.count).toBe(0);
  });
});

/** Closes whoever comes, and remembers in which order they came. */
async function startUnkindServer(): Promise<{ port: number; came: number[] }> {
  const came: number[] = [];
  const server = createServer((socket) => {
    came.push(socket.remotePort ?? 0);
    socket.on("error", () => undefined);
    socket.destroy();
  });
  servers.push(server);
  const listening = Promise.withResolvers<void>();
  server.listen(0, HOST, () => listening.resolve());
  await listening.promise;
  return { port: (server.address() as { port: number }).port, came };
}

/** Whoever dials after this comes after this one: what had been dialled before is in `came` when it is over. */
async function comesNext(port: number, came: readonly number[], clock: FakeClock): Promise<void> {
  const socket = connect({ host: HOST, port });
  socket.on("error", () => undefined);
  const opened = Promise.withResolvers<void>();
  socket.once("connect", () => opened.resolve());
  await opened.promise;
  const { localPort = 0 } = socket;
  await until("one in between", () => came.includes(localPort), clock);
  socket.destroy();
}

/** Its waits in milliseconds, each to the millisecond, where chance gives this. */
async function waits(chance: number, expectedMs: readonly number[]): Promise<void> {
  const clock = bench.stopTime();
  const { port, came } = await startUnkindServer();
  const context = { ...bench.context, random: { next: () => chance } as typeof bench.context.random };
  bench.keep(new DealerSocket(context, () => undefined)).endpoints.connect({ host: HOST, port });
  let dialledCount = 1;
  let othersCount = 0;
  await until("the first attempt", () => came.length === 1, clock);
  for (const waitMs of expectedMs) {
    await until("its end", () => bench.context.table.connectionCount() === 0, clock);
    await clock.advance(waitMs - 1);
    await comesNext(port, came, clock);
    othersCount++;
    expect([waitMs, came.length]).toEqual([waitMs, dialledCount + othersCount]);
    await clock.advance(1);
    dialledCount++;
    await until("the next attempt", () => came.length === dialledCount + othersCount, clock);
  }
}

describe("the wait before an address is dialled again", () => {
  test("is doubled each time, from zmtpRedialMs up to zmtpRedialMaxMs, also where it is only turned away", async () => {
    expect([zmtpRedialMs, zmtpRedialMaxMs]).toEqual([100, 5_000]);
    await waits(0, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  test("is half as long where chance says so: not all who lost the same server come back at once", async () => {
    await waits(1, [50, 100, 200, 400, 800, 1_600, 2_500, 2_500]);
  });

  test("is short again after a connection that has lasted", async () => {
    const clock = bench.stopTime();
    const server = await bench.listen({ socketType: "ROUTER" });
    const dealer = bench.keep(new DealerSocket(bench.context, () => undefined));
    dealer.endpoints.connect({ host: HOST, port: server.port });
    for (let round = 1; round <= 4; round++) {
      await until("a connection", () => server.peers.length === round && dealer.endpoints.peers.size === 1, clock);
      await clock.advance(zmtpRedialMaxMs);
      server.peers[round - 1]?.socket.resetAndDestroy();
      await peersAt(dealer, 0, clock);
      await clock.advance(zmtpRedialMs);
    }
  });
});

describe("a socket that is closed", () => {
  test("ends its connections in order: what it wrote arrives", async () => {
    const server = await bench.listen({ socketType: "ROUTER" });
    const dealer = bench.keep(new DealerSocket(bench.context, () => undefined));
    dealer.endpoints.connect({ host: HOST, port: server.port });
    await peersAt(dealer, 1);
    dealer.send(["x".repeat(900_000)]);
    dealer.endpoints.close();
    await until("the end", () => server.peers[0]?.isOver === true);
    expect(server.peers[0]?.heard[1]?.[0]?.length).toBe(900_000);
    await until("nothing left", () => bench.context.table.connectionCount() === 0);
    expect(bench.ended).toEqual(["closed"]);
  });

  test("lets go who is shaking hands, whoever dialled, and leaves nothing behind", async () => {
    const clock = bench.stopTime();
    const silent = createServer({ allowHalfOpen: true }, () => undefined);
    servers.push(silent);
    const listening = Promise.withResolvers<void>();
    silent.listen(0, HOST, () => listening.resolve());
    await listening.promise;
    const dealer = bench.keep(new DealerSocket(bench.context, () => undefined));
    dealer.endpoints.connect({ host: HOST, port: (silent.address() as { port: number }).port });
    const stranger = connect({ host: HOST, port: dealer.endpoints.bind({ port: 0 }), allowHalfOpen: true });
    stranger.on("error", () => undefined);
    const { table } = bench.context;
    await until("both", () => table.connections.size === 2, clock);
    dealer.endpoints.close();
    await clock.settle();
    await clock.advance(limits.lingerMs);
    await until("the end of both", () => table.connectionCount() === 0, clock);
    expect([bench.ended, table.wheel.count]).toEqual([["closed", "closed"], 0]);
    stranger.destroy();
  });

  test("gives its port free for another", async () => {
    const first = echo("first");
    const port = first.endpoints.bind({ port: 0 });
    expect(() => echo("second").endpoints.bind({ port })).toThrow(`Cannot listen on ${HOST}:${port}`);
    first.endpoints.close();
    expect(echo("third").endpoints.bind({ port })).toBe(port);
  });
});
