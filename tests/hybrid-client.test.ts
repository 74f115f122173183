// The chat client in hybrid mode on a network that lets no datagrams through for a while: nothing is lost, or twice.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import type { Partitioned } from "#runtime/testing/relay-partition.ts";
import { startUdpRelay } from "#runtime/testing/relay-udp.ts";

import { eventually } from "./lib/eventually.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { projectFolder } from "./lib/source-files.ts";

setDefaultTimeout(180_000);

const BY_UDP = "* As mensagens vão por UDP.";
/** The level is two seconds; a machine that does other things besides is given more. */
const FALLBACK_MS = 5_000;
const SEEN_WITHIN_MS = 45_000;
const stack: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of stack.splice(0).toReversed()) await undo();
});

class PipedClient {
  output = "";
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(...args: readonly string[]) {
    const command = [process.execPath, "clients/chat.ts", ...args];
    this.#child = Bun.spawn(command, { cwd: projectFolder, env: {}, stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    stack.push(() => this.#child.kill("SIGKILL"));
    void this.#read();
  }

  say(...lines: readonly string[]): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(""));
    this.#child.stdin.flush();
  }

  async shows(what: string, count = 1): Promise<void> {
    await eventually(`${count} times ${what}`, () => this.output.split(what).length > count, SEEN_WITHIN_MS);
  }

  get messages(): readonly string[] {
    return this.output.match(/sala\d \d+ \w+: .*/g) ?? [];
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) this.output += decoder.decode(chunk, { stream: true });
  }
}

const server = await ServerProcess.start();

afterAll(() => server.remove());

/** Ana in hybrid mode behind the relay, with datagrams; Bea on TCP. Room and ids are of this number. */
async function chatThroughRelay(number: number) {
  const relay = await startUdpRelay({ target: { port: server.udpPort } });
  stack.push(() => relay.stop());
  const where = ["--port", String(server.port), "--room", `sala${number}`];
  const mode = ["--transport", "hybrid", "--udp-port", String(relay.port)];
  const ana = new PipedClient("--id", `ana${number}`, ...where, ...mode);
  const bea = new PipedClient("--id", `bea${number}`, ...where);
  await ana.shows(BY_UDP);
  await bea.shows(`Na sala sala${number}`);
  return { relay, ana, bea };
}

describe("hybrid mode", () => {
  test.each<[Partitioned, number]>([
    ["both", 1],
    ["up", 2],
    ["down", 3],
  ])("falls back to TCP when no datagrams come through (%s), and returns to UDP when they do", async (cut, number) => {
    const { relay, ana, bea } = await chatThroughRelay(number);
    ana.say("antes");
    await bea.shows(`ana${number}: antes`);
    relay.partition(cut);
    const cutAtMs = performance.now();
    ana.say("ana durante");
    bea.say("bea durante");
    await bea.shows(`ana${number}: ana durante`);
    await ana.shows(`bea${number}: bea durante`);
    await ana.shows(`ana${number} : "ACK"`, 2);
    expect(performance.now() - cutAtMs).toBeLessThan(FALLBACK_MS);
    relay.partition("none");
    await ana.shows(BY_UDP, 2);
    ana.say("depois");
    await bea.shows(`ana${number}: depois`);
    await ana.shows(`ana${number}: depois`);
    expect(ana.messages).toEqual(bea.messages);
    expect(ana.messages).toHaveLength(4);
  });

  test("loses nothing where one datagram in five is lost", async () => {
    const { relay, ana, bea } = await chatThroughRelay(4);
    relay.set({ loss: 0.2 });
    const lines = Array.from({ length: 100 }, (_, index) => `linha ${index + 1}`);
    ana.say(...lines);
    await bea.shows("ana4: linha 100");
    await ana.shows('ana4 : "ACK"', 100);
    await ana.shows("ana4: linha 100");
    expect(bea.messages.map((line) => line.replace(/^.*: /, ""))).toEqual(lines);
    expect(ana.messages).toEqual(bea.messages);
  });
});
