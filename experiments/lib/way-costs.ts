// What a way costs before and around a message: round trips until the first answer, and octets beside its own.

import { createRandom } from "#runtime/base/random.ts";

import { endAtOnce, startChatServer, udpPortOf } from "./chat-cell.ts";
import { type ChatEars, type ChatLines, type ChatPlace, openDatagrams, openTcp, openUdpText } from "./chat-lines.ts";
import { startDelayedLink } from "./delayed-link.ts";
import { readLines } from "./lines-of.ts";
import { createWorkspace } from "./program.ts";
import { summarise } from "./statistics.ts";

export const SET_UPS = ["TCP", "UDP, a stranger's question", "UDP, with a session", "reliable datagrams"] as const;
export type SetUp = (typeof SET_UPS)[number];
export const OVERHEADS = ["TCP", "UDP, text", "reliable datagrams"] as const;
export type Overhead = (typeof OVERHEADS)[number];

export interface SetUpRow {
  readonly what: SetUp;
  /** From the first step until the first answer is there. */
  readonly medianMs: number;
  readonly maxMs: number;
  readonly roundTrips: number;
  readonly packets: number;
  readonly octets: number;
}

export interface OverheadRow {
  readonly what: Overhead;
  /** Of a message and its answer, as they are typed, without the end of line. */
  readonly ownOctets: number;
  /** With headers and acknowledgements, counted by hand: uncompressed, with the last acknowledgement on its own. */
  readonly byHandOctets: number;
  readonly seenOctets: number;
  readonly seenPackets: number;
}

export interface CostTask {
  readonly kind: "set-up" | "overhead";
  readonly what: SetUp | Overhead;
  readonly place: ChatPlace;
  readonly repeats: number;
}

export interface CostOptions {
  readonly kinds: readonly CostTask["kind"][];
  readonly costs: readonly (SetUp | Overhead)[];
  readonly delayMs: number;
  readonly repeats: number;
}

const MESSAGE_BYTES = 100;
/** Longer than the kernel waits before it acknowledges a lone segment. */
const PAUSE_MS = 100;
const WARM_UPS = 10;
const IP_UDP = 28;
const IP_TCP = 52;
const DATA_PACKET = 31 + 4;
const MESSAGE_FRAME = 7;
const ANSWER_BYTES = MESSAGE_BYTES + 1;

const BY_HAND: Readonly<Record<Overhead, number>> = {
  // The line, the answer, which acknowledges it, and the acknowledgement of that.
  TCP: IP_TCP + MESSAGE_BYTES + 1 + IP_TCP + ANSWER_BYTES + 1 + IP_TCP,
  "UDP, text": IP_UDP + MESSAGE_BYTES + 1 + IP_UDP + ANSWER_BYTES + 1,
  "reliable datagrams": 3 * (IP_UDP + DATA_PACKET) + 2 * MESSAGE_FRAME + MESSAGE_BYTES + ANSWER_BYTES,
};

export async function measureCosts({ kinds, costs, delayMs, repeats }: CostOptions) {
  const wanted = <What extends SetUp | Overhead>(kind: CostTask["kind"], whats: readonly What[]): readonly What[] =>
    kinds.includes(kind) ? whats.filter((what) => costs.includes(what)) : [];
  const setUp: SetUpRow[] = [];
  const overhead: OverheadRow[] = [];
  for (const what of wanted("set-up", SET_UPS)) {
    const { tookMs, octets, packets } = await measure({ kind: "set-up", what, repeats }, delayMs);
    const { median, max } = summarise(tookMs);
    setUp.push({ what, medianMs: median, maxMs: max, roundTrips: median / (2 * delayMs), packets, octets });
  }
  for (const what of wanted("overhead", OVERHEADS)) {
    const { octets, packets } = await measure({ kind: "overhead", what, repeats }, delayMs);
    const ownOctets = MESSAGE_BYTES + ANSWER_BYTES;
    overhead.push({ what, ownOctets, byHandOctets: BY_HAND[what], seenOctets: octets, seenPackets: packets });
  }
  return { setUp, overhead };
}

/** On the kernel's own network, where every packet is seen; with a server of its own, so that no other is. */
async function measure(task: Omit<CostTask, "place">, delayMs: number) {
  await using stack = new AsyncDisposableStack();
  const workspace = createWorkspace();
  stack.defer(() => workspace.remove());
  const link = await startDelayedLink({ delayMs, seed: 1 });
  stack.defer(() => link.stop());
  const server = await startChatServer(workspace.folder, link.onServer);
  stack.defer(() => endAtOnce(server));
  const udpPort = udpPortOf(server);
  const place = { hostname: link.serverAddress, tcpPort: server.number, udpPort };
  const words = [
    process.execPath,
    `${import.meta.dirname}/../tcp-vs-udp.ts`,
    "cost",
    JSON.stringify({ ...task, place }),
  ];
  const child = Bun.spawn([...link.onClient(words)], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  stack.defer(async () => {
    child.kill();
    await child.exited;
  });
  const lines = readLines(child.stdout);
  await lines.next();
  const before = await link.count();
  child.stdin.write("go\n");
  await child.stdin.flush();
  const tookMs = JSON.parse((await lines.next()).value ?? "[]") as number[];
  const after = await link.count();
  const each = (field: "octets" | "packets"): number =>
    (after.up[field] + after.down[field] - before.up[field] - before.down[field]) / task.repeats;
  return { tookMs, octets: each("octets"), packets: each("packets") };
}

/** A process of its own at the client's end: once before, for the compiler, then as often as it was asked to. */
export async function payCosts(words: readonly string[], lines: AsyncIterator<string>): Promise<void> {
  const { kind, what, place, repeats } = JSON.parse(words[0] ?? "{}") as CostTask;
  const asker = new Asker(place);
  const tookMs: number[] = [];
  if (kind === "set-up") for (let warm = 0; warm < WARM_UPS; warm++) await asker.meet(what as SetUp);
  else {
    await asker.open(what as Overhead);
    for (let warm = 0; warm < WARM_UPS; warm++) await asker.ask(asker.message());
  }
  await Bun.sleep(PAUSE_MS);
  console.log("ready");
  await lines.next();
  for (let count = 0; count < repeats; count++) {
    const startedMs = performance.now();
    if (kind === "set-up") await asker.meet(what as SetUp);
    else await asker.ask(asker.message());
    tookMs.push(performance.now() - startedMs);
    await Bun.sleep(PAUSE_MS);
  }
  console.log(JSON.stringify(tookMs));
  await lines.next();
  asker.close();
}

class Asker {
  readonly #place: ChatPlace;
  readonly #open: ChatLines[] = [];
  readonly #random = createRandom(3);
  readonly #name = crypto.randomUUID().slice(0, 8);
  #heard: (line: string) => void = () => undefined;

  constructor(place: ChatPlace) {
    this.#place = place;
  }

  async open(what: Overhead | SetUp): Promise<void> {
    const ears: ChatEars = { heard: (line) => this.#heard(line), lost: () => undefined };
    const local = { local: true, quick: false };
    if (what === "TCP") this.#open.push(await openTcp(this.#place, ears));
    else if (what === "reliable datagrams") this.#open.push(await openDatagrams(this.#place, local, ears));
    else this.#open.push(await openUdpText(this.#place, ears));
    if (what === "UDP, text") await this.#shake();
  }

  /** From nothing to the first answer; it stays open, so that closing is not counted. */
  async meet(what: SetUp): Promise<void> {
    await this.open(what);
    if (what === "UDP, with a session") await this.#shake();
    else await this.ask(what === "UDP, a stranger's question" ? "TIME" : "PING");
  }

  async ask(line: string): Promise<string> {
    const answer = Promise.withResolvers<string>();
    this.#heard = answer.resolve;
    this.#open.at(-1)?.send(line);
    return await answer.promise;
  }

  message(): string {
    const digits = Array.from({ length: MESSAGE_BYTES - 5 }, () => Math.floor(this.#random.next() * 16).toString(16));
    return `PING ${digits.join("")}`;
  }

  close(): void {
    for (const each of this.#open) each.close();
  }

  /** A cookie for the address, the session that it opens, and a first answer of that. */
  async #shake(): Promise<void> {
    const hello = `HELLO c${this.#open.length}-${this.#name}`;
    const [, cookie] = / COOKIE (\S+)$/.exec(await this.ask(hello)) ?? [];
    await this.ask(`COOKIE ${cookie}`);
    await this.ask(hello);
  }
}
