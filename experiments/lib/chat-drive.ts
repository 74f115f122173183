// Members of chat rooms who talk at times that were settled before: what each of them hears, and how late.

import { createRandom } from "#runtime/base/random.ts";

import type { ChatPlace } from "./chat-lines.ts";
import { type ChatMember, type ChatWay, joinChat } from "./chat-member.ts";

export interface ChatTalk {
  readonly way: ChatWay;
  readonly members: number;
  readonly roomSize: number;
  /** Each member says one message in each such span, at a time of its own within it. */
  readonly everyMs: number;
  readonly spans: number;
  readonly messageBytes: number;
  readonly local: boolean;
  /** Questions and answers of each member before anybody talks. */
  readonly pings: number;
  readonly seed: number;
  /** After the last message nothing is waited for longer than this. */
  readonly drainMs: number;
}

export interface ChatHeard {
  readonly said: number;
  /** Deliveries to others that there should be, that there were, and those beside them. */
  readonly expected: number;
  readonly arrived: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly garbled: number;
  /** From the time each message was to be said until it was heard. */
  readonly latenciesMs: readonly number[];
  /** How much later than settled messages were said: 99 in 100 not later, and the latest. */
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  readonly driverCpuShare: number;
  readonly errors: number;
  readonly lost: number;
  readonly seconds: number;
}

interface Turn {
  readonly atMs: number;
  readonly member: number;
  readonly number: number;
}

const JOIN_AT_ONCE = 50;
/** A lossy way is given this long after the last arrival. */
const QUIET_MS = 1_000;

class ChatDrive {
  readonly #talk: ChatTalk;
  readonly #members: ChatMember[] = [];
  readonly #turns: readonly Turn[];
  readonly #saidAtMs: Float64Array;
  readonly #heard: Set<number>[];
  readonly #lastNumber: number[];
  readonly #texts: readonly string[];
  readonly #latenciesMs: number[] = [];
  readonly #counts = { duplicates: 0, outOfOrder: 0, garbled: 0 };
  #lastArrivalMs = 0;
  #startedMs = 0;

  constructor(talk: ChatTalk) {
    this.#talk = talk;
    const random = createRandom(talk.seed);
    this.#turns = settleTurns(talk, random.next);
    this.#saidAtMs = new Float64Array(talk.members * talk.spans);
    for (const { atMs, member, number } of this.#turns) this.#saidAtMs[member * talk.spans + number] = atMs;
    this.#heard = Array.from({ length: talk.members }, () => new Set<number>());
    this.#lastNumber = Array.from({ length: talk.members }, () => 0);
    this.#texts = Array.from(this.#saidAtMs, (_, index) => this.#createText(index, random.next));
  }

  async join(place: ChatPlace): Promise<void> {
    const { members, roomSize, way, local, pings } = this.#talk;
    for (let first = 0; first < members; first += JOIN_AT_ONCE) {
      const count = Math.min(JOIN_AT_ONCE, members - first);
      const joined = Array.from({ length: count }, (_, index) => {
        const member = first + index;
        const room = `room${Math.floor(member / roomSize)}`;
        const said = (number: number, text: string): void => this.#said(member, number, text);
        return joinChat({ way, place, id: `m${member}`, room, local, said });
      });
      this.#members.push(...(await Promise.all(joined)));
    }
    await Promise.all(this.#members.map((member) => member.warmUp(pings)));
  }

  async talk(): Promise<ChatHeard> {
    const { members, roomSize, drainMs, way } = this.#talk;
    const lagsMs: number[] = [];
    const cpuBefore = process.cpuUsage();
    this.#startedMs = performance.now();
    for (const turn of this.#turns) {
      const waitMs = this.#startedMs + turn.atMs - performance.now();
      if (waitMs > 0) await Bun.sleep(waitMs);
      lagsMs.push(performance.now() - this.#startedMs - turn.atMs);
      this.#members[turn.member]?.say(this.#texts[turn.member * this.#talk.spans + turn.number] as string);
    }
    const expected = this.#turns.length * (Math.min(members, roomSize) - 1);
    await this.#drain(expected, way === "udp" ? QUIET_MS : drainMs);
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    lagsMs.sort((one, other) => one - other);
    const troubles = this.#members.map((member) => member.troubles);
    return {
      said: this.#turns.length,
      expected,
      arrived: this.#latenciesMs.length,
      ...this.#counts,
      latenciesMs: this.#latenciesMs,
      lagP99Ms: lagsMs[Math.floor(lagsMs.length * 0.99)] ?? 0,
      lagMaxMs: lagsMs.at(-1) ?? 0,
      driverCpuShare: (user + system) / 1e6 / seconds,
      errors: troubles.reduce((sum, { errors }) => sum + errors, 0),
      lost: troubles.reduce((sum, { lost }) => sum + lost, 0),
      seconds,
    };
  }

  close(): void {
    for (const member of this.#members) member.close();
  }

  async #drain(expected: number, waitMs: number): Promise<void> {
    this.#lastArrivalMs = performance.now();
    const untilMs = this.#lastArrivalMs + this.#talk.drainMs;
    while (this.#latenciesMs.length < expected) {
      const nowMs = performance.now();
      if (nowMs > untilMs || nowMs - this.#lastArrivalMs > waitMs) return;
      await Bun.sleep(20);
    }
  }

  #said(member: number, number: number, text: string): void {
    const nowMs = performance.now() - this.#startedMs;
    const [, from = "", count = ""] = /^(\d+)\.(\d+) /.exec(text) ?? [];
    const index = Number(from) * this.#talk.spans + Number(count);
    if (text !== this.#texts[index]) this.#counts.garbled++;
    else if (this.#heard[member]?.has(index)) this.#counts.duplicates++;
    else {
      this.#heard[member]?.add(index);
      if (number < (this.#lastNumber[member] as number)) this.#counts.outOfOrder++;
      this.#lastNumber[member] = Math.max(number, this.#lastNumber[member] as number);
      if (Number(from) === member) return;
      this.#latenciesMs.push(nowMs - (this.#saidAtMs[index] as number));
      this.#lastArrivalMs = performance.now();
    }
  }

  /** Who says it, the how-manieth it is, and digits: like the telegrams of the task, which shrink by less than half. */
  #createText(index: number, next: () => number): string {
    const { spans, messageBytes } = this.#talk;
    const head = `${Math.floor(index / spans)}.${index % spans} `;
    const digit = (): string => Math.floor(next() * 16).toString(16);
    return head + Array.from({ length: Math.max(1, messageBytes - head.length) }, digit).join("");
  }
}

function settleTurns({ members, spans, everyMs }: ChatTalk, next: () => number): readonly Turn[] {
  const turns = Array.from({ length: members * spans }, (_, index) => {
    const number = Math.floor(index / members);
    return { member: index % members, number, atMs: (number + next()) * everyMs };
  });
  // Within one member, the order of numbers is that of the times.
  return turns.sort((one, other) => one.atMs - other.atMs);
}

/** A process of its own: says "ready" when all are in their rooms, begins at a line in, and ends with its result. */
export async function driveChat(words: readonly string[], lines: AsyncIterator<string>): Promise<void> {
  const { talk, place } = JSON.parse(words[0] ?? "{}") as { talk: ChatTalk; place: ChatPlace };
  const drive = new ChatDrive(talk);
  await drive.join(place);
  console.log("ready");
  await lines.next();
  console.log(JSON.stringify(await drive.talk()));
  // The server's memory is looked at while everybody is still there.
  await lines.next();
  drive.close();
}
