// Two members talk while the way of one's datagrams is cut and healed: how late anything becomes, and what is missing.

import { type NetworkFaults, startUdpRelay } from "#runtime/testing/mod.ts";

import { endAtOnce, startChatServer, udpPortOf } from "./chat-cell.ts";
import { PipedMember } from "./piped-member.ts";
import { createWorkspace } from "./program.ts";

/** Which way is cut: both, from the client, or to it. */
export type Cut = "both" | "up" | "down";

export interface FallbackParameters {
  readonly cuts: readonly Cut[];
  /** Rounds of each cut. */
  readonly rounds: number;
  /** Between two messages of each member. */
  readonly everyMs: number;
  readonly cutForMs: number;
  /** Of the network when it is not cut, each way. */
  readonly delayMs: number;
}

export interface FallbackRound {
  readonly cut: Cut;
  /** The latest message of the member in hybrid mode, as the other was shown it; and the other way about. */
  readonly saidMs: number;
  readonly heardMs: number;
  /** From the healing of the way until datagrams are in use again. */
  readonly backMs: number;
  readonly messages: number;
  /** Messages that one of the two was not shown, was shown twice, or in another order than the other. */
  readonly wrong: number;
}

const byUdp = "As mensagens vão por UDP.";
const beforeCutMs = 500;
const afterReturnMs = 500;

export async function measureFallback(
  parameters: FallbackParameters,
  progress: (line: string) => void = () => undefined,
): Promise<readonly FallbackRound[]> {
  const workspace = createWorkspace();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => workspace.remove());
  const server = await startChatServer(workspace.folder);
  stack.defer(() => endAtOnce(server));
  const faults: NetworkFaults = { delayMs: parameters.delayMs };
  const relay = await startUdpRelay({ target: { port: udpPortOf(server) }, faults });
  stack.defer(() => relay.stop());
  const port = ["--port", String(server.number)];
  const udp = ["--transport", "hybrid", "--udp-port", String(relay.port)];
  const [hybrid, other] = [
    new PipedMember(["--id", "ana", ...port, ...udp]),
    new PipedMember(["--id", "bea", ...port]),
  ];
  stack.use(hybrid);
  stack.use(other);
  await hybrid.until("datagrams in use", () => hybrid.timesShown(byUdp) > 0);
  await other.until("the other in the room", () => other.timesShown("Na sala") > 0);
  const rounds: FallbackRound[] = [];
  for (let round = 1; round <= parameters.rounds; round++) {
    for (const cut of parameters.cuts) {
      progress(`round ${round}, ${cut} …`);
      using talk = new Talk(hybrid, other, parameters.everyMs);
      await Bun.sleep(beforeCutMs);
      const timesByUdp = hybrid.timesShown(byUdp);
      relay.partition(cut);
      await Bun.sleep(parameters.cutForMs);
      relay.partition("none");
      const healedMs = performance.now();
      await hybrid.until("datagrams in use again", () => hybrid.timesShown(byUdp) > timesByUdp);
      const backMs = performance.now() - healedMs;
      await Bun.sleep(afterReturnMs);
      rounds.push({ cut, backMs, ...(await talk.end()) });
    }
  }
  return rounds;
}

/** What both say from its making to its end, and when each is shown what. */
class Talk implements Disposable {
  readonly #members: readonly [PipedMember, PipedMember];
  readonly #from: readonly [number, number];
  readonly #saidAtMs = new Map<string, number>();
  readonly #timer: Timer;

  constructor(hybrid: PipedMember, other: PipedMember, everyMs: number) {
    this.#members = [hybrid, other];
    this.#from = [hybrid.messages.length, other.messages.length];
    this.#timer = setInterval(() => this.#say(), everyMs);
  }

  async end(): Promise<Pick<FallbackRound, "saidMs" | "heardMs" | "messages" | "wrong">> {
    clearInterval(this.#timer);
    const messages = this.#saidAtMs.size;
    for (const [index, member] of this.#members.entries()) {
      const isShownAll = (): boolean => member.messages.length - this.#from[index]! >= messages;
      await member.until("all that was said", isShownAll).catch(() => undefined);
    }
    const [hybrid, other] = this.#members.map((member, index) => member.messages.slice(this.#from[index]));
    const order = hybrid!.map(({ text }) => text);
    const seen = [hybrid!, other!].map((shown) => new Set(shown.map(({ text }) => text)).size);
    const disordered = other!.filter(({ text }, index) => text !== order[index]).length;
    const repeated = hybrid!.length - seen[0]! + other!.length - seen[1]!;
    const missing = 2 * messages - seen[0]! - seen[1]!;
    return {
      saidMs: this.#latestMs(other!, "ana"),
      heardMs: this.#latestMs(hybrid!, "bea"),
      messages,
      wrong: missing + repeated + disordered,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    const names = ["ana", "bea"];
    for (const [index, member] of this.#members.entries()) {
      const text = `${names[index]} ${this.#saidAtMs.size}`;
      this.#saidAtMs.set(text, performance.now());
      member.say(text);
    }
  }

  #latestMs(shown: PipedMember["messages"], from: string): number {
    const own = shown.filter(({ text }) => text.startsWith(from));
    // Each says as many; what never came is as late as can be.
    if (own.length < this.#saidAtMs.size / 2) return Number.POSITIVE_INFINITY;
    return Math.max(...own.map(({ text, atMs }) => atMs - (this.#saidAtMs.get(text) ?? 0)));
  }
}
