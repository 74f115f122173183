// Whole games between peers over real sockets, and the real server: clients of ours, and programs that end no message.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import type { Socket } from "bun";

import { systemClock } from "#runtime/base/clock.ts";
import { createRandom } from "#runtime/base/random.ts";

import { startLink } from "../links/start-link.ts";
import { Runner } from "../machine/runner.ts";
import type { User } from "../terminal/user.ts";
import { GameClient } from "./game-client.ts";
import { PEER_TARGETS } from "./peer-messages.ts";
import { TestServer } from "./test-server.ts";

setDefaultTimeout(60_000);

const stack: (() => unknown)[] = [];
const server = await TestServer.start();

/** All have accounts: their passwords take longer than a game. */
beforeAll(async () => {
  const caio = await connect();
  for (const name of ["ana", "bea", "caio"]) await caio.ask(`adduser;${name};segredo`);
  caio.close();
});

afterAll(() => server.stop());

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

/** Waits for lines as they come. */
class Lines {
  readonly #lines: string[] = [];
  #wake: () => void = () => undefined;

  add(line: string): void {
    this.#lines.push(line);
    this.#wake();
  }

  /** A line that comes from now on, or has since the last one that was waited for. */
  async until(what: string): Promise<string> {
    const has = (line: string): boolean => line.includes(what);
    while (!this.#lines.some(has)) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#lines.splice(0, this.#lines.findIndex(has) + 1).at(-1) ?? "";
  }
}

/** A client as it is, but for the person in front of it. */
async function enter(name: string) {
  const shown = new Lines();
  const user: User = { isTerminal: true, print: (text) => shown.add(text), prompt: () => {}, close: () => {} };
  const machine = new GameClient(undefined, systemClock, createRandom(1));
  const targets = { main: server.target, ...PEER_TARGETS };
  const runner = new Runner({ machine, targets, user, clock: systemClock });
  runner.start();
  const type = (line: string): void => void runner.typed(line);
  const until = (what: string): Promise<string> => shown.until(what);
  stack.push(async () => {
    type("logout");
    await until("Você saiu da conta.");
    type("exit");
    return runner.finished;
  });
  await until("Conectado");
  type(`login ${name} segredo`);
  await until("Login bem sucedido!");
  return { type, until };
}

/** A program that knows the server's words, and nothing else. */
async function connect() {
  const heard = new Lines();
  const opened = Promise.withResolvers<void>();
  const received = (line: string): void => heard.add(line);
  const link = startLink(server.target, { opened: () => opened.resolve(), received, lost: opened.reject });
  await opened.promise;
  const ask = (line: string): Promise<string> => {
    link.send(line);
    return heard.until(`${line.split(";", 1)[0]}ACK`);
  };
  return { ask, hears: (what: string) => heard.until(what), close: () => link.close() };
}

/** Somebody who has such a program. */
async function enterOther(name: string) {
  const other = await connect();
  await other.ask(`login;${name};segredo`);
  stack.push(async () => {
    await other.ask("logout");
    other.close();
  });
  return other;
}

/** Bea has our client, and has accepted the invitation of Caio, who has not. */
async function beginFromOther() {
  const bea = await enter("bea");
  const caio = await enterOther("caio");
  await caio.ask("begin;bea;caio");
  await bea.until("Aceitar?");
  bea.type("s");
  const [matchPort, pingPort] = portsIn(await caio.hears("answer;bea;True"));
  return { bea, caio, matchPort, pingPort };
}

/** A peer that takes each chunk for a message, as existing programs do, and puts no end to its own. */
function existing() {
  const chunks = new Lines();
  const closed = Promise.withResolvers<void>();
  const socket = { data: (_: Socket, chunk: Buffer) => chunks.add(chunk.toString()), close: () => closed.resolve() };
  return { socket, next: () => chunks.until(""), closed: closed.promise };
}

/** Connected to a port of a client of ours. */
async function visit(port: number, from = "127.0.0.1") {
  const peer = existing();
  const where = { hostname: "127.0.0.1", port, localAddress: from };
  const socket = await Bun.connect({ ...where, socket: peer.socket });
  stack.push(() => socket.terminate());
  return { ...peer, write: (text: string) => void socket.write(text) };
}

/** The ports in `answer;bea;True;127.0.0.1;4000;4001`. */
function portsIn(answer: string): readonly [match: number, ping: number] {
  const [, , , , match, ping] = answer.split(";").map(Number);
  return [match ?? 0, ping ?? 0];
}

/** Ana, who is the host, and Bea; both see the empty board. */
async function begin() {
  const ana = await enter("ana");
  const bea = await enter("bea");
  ana.type("begin bea");
  await bea.until("ana te convidou para jogar!");
  bea.type("S");
  await ana.until("Sua vez (O)");
  await bea.until("Vez de ana (O)");
  return { ana, bea };
}

describe("a game from peer to peer", () => {
  test("is played by two clients, over ports of the guest's, and reported by both", async () => {
    const { ana, bea } = await begin();
    for (const [index, place] of ["1 1", "2 1", "1 2", "2 2"].entries()) {
      const [mover, other] = index % 2 === 0 ? [ana, bea] : [bea, ana];
      mover.type(`send ${place}`);
      await other.until("Sua vez");
    }
    ana.type("delay");
    await ana.until("Atraso até bea");
    ana.type("send 1 3");
    await Promise.all([ana.until("Você venceu!"), bea.until("Você perdeu.")]);
    await Promise.all([ana.until("Resultado confirmado: você venceu."), bea.until("Resultado confirmado: ana")]);
  });

  test("that one gives up counts for the other at once, and they may play again", async () => {
    const { ana, bea } = await begin();
    ana.type("end");
    await ana.until("Você desistiu.");
    await bea.until("ana desistiu. Você venceu!");
    await Promise.all([
      ana.until("Resultado confirmado: bea venceu."),
      bea.until("Resultado confirmado: você venceu."),
    ]);
    bea.type("begin ana");
    await ana.until("bea te convidou para jogar!");
    ana.type("n");
    await bea.until("ana não aceitou o convite.");
  });

  test("is hosted by a program that puts no end to its messages", async () => {
    const { bea, caio, matchPort, pingPort } = await beginFromOther();
    const [playing, pinging] = [await visit(matchPort), await visit(pingPort)];
    expect(await pinging.next()).toBe("ping");
    pinging.write("pong");
    pinging.write("ping");
    expect(await pinging.next()).toBe("pong");
    const moves = [
      ["play;2;2", "1 1"],
      ["play;3;3", "1 2"],
      ["play;2;1", "1 3"],
    ] as const;
    for (const [theirs, ours] of moves) {
      playing.write(theirs);
      await bea.until("Sua vez (X)");
      bea.type(`send ${ours}`);
      expect(await playing.next()).toBe(`play;${ours.replace(" ", ";")}`);
    }
    await bea.until("Resultado relatado");
    await caio.ask("result;caio;bea;LOST");
    await bea.until("Resultado confirmado: você venceu.");
  });

  test("lets nobody in but the host, also where somebody else comes first", async () => {
    const { bea, matchPort, pingPort } = await beginFromOther();
    for (const port of [matchPort, pingPort]) await (await visit(port, "127.0.0.2")).closed;
    const playing = await visit(matchPort);
    await bea.until("Partida contra caio");
    playing.write("play;2;2");
    await bea.until("caio jogou 2 2.");
    expect(await (await visit(pingPort)).next()).toBe("ping");
  });

  test("is hosted by us, where such a program is the guest", async () => {
    const ana = await enter("ana");
    const caio = await enterOther("caio");
    const [play, ping] = [existing(), existing()];
    const doors = [play, ping].map(({ socket }) => {
      const { promise, resolve } = Promise.withResolvers<Socket>();
      const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { ...socket, open: resolve } });
      stack.push(() => listener.stop(true));
      return { port: listener.port, visitor: promise };
    });
    ana.type("begin caio");
    await caio.hears("invite;ana");
    const [matchPort, pingPort] = doors.map(({ port }) => port);
    await caio.ask(`answer;ana;True;${matchPort};caio;${pingPort}`);
    await ana.until("Sua vez (O)");
    ana.type("send 2 2");
    expect(await play.next()).toBe("play;2;2");
    expect(await ping.next()).toBe("ping");
    (await doors[0]?.visitor)?.write("play;1;1");
    await ana.until("caio jogou 1 1.");
  });
});
