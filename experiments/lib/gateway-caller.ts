// The role "caller" of the gateway experiment: management calls at settled times, one after the other of each kind.

import { ADMIN_TOKEN } from "./gateway-servers.ts";
import { obeyLines } from "./told-program.ts";

export const CALL_KINDS = ["actor", "sessions", "add", "metrics"] as const;
export type CallKind = (typeof CALL_KINDS)[number];

export type CallerAct =
  { readonly kind: "begin"; readonly httpPort: number; readonly everyMs: number } | { readonly kind: "end" };

export interface CallTime {
  readonly kind: CallKind;
  /** When it was to be sent, in Unix milliseconds. */
  readonly atMs: number;
  /** From then until its answer was read. */
  readonly tookMs: number;
}

export interface CallerAnswer {
  readonly calls: readonly CallTime[];
  /** How late the caller itself was, at most. */
  readonly lagMaxMs: number;
  readonly wrong: readonly string[];
}

const WAITING_MAX = 2_000;
const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "application/json" };

export async function makeCalls(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  const running: { calls: Calls | undefined } = { calls: undefined };
  await obeyLines<CallerAct, Partial<CallerAnswer>>(lines, async (told) => {
    if (told.kind === "end") return (await running.calls?.end()) ?? {};
    running.calls = new Calls(told.httpPort, told.everyMs);
    return {};
  });
}

class Calls {
  readonly #url: string;
  readonly #everyMs: number;
  readonly #startedMs = performance.now();
  readonly #calls: CallTime[] = [];
  readonly #wrong: string[] = [];
  readonly #open = new Set<Promise<void>>();
  #made = 0;
  #lagMaxMs = 0;
  #timer: Timer | undefined;

  constructor(httpPort: number, everyMs: number) {
    this.#url = `http://127.0.0.1:${httpPort}`;
    this.#everyMs = everyMs;
    this.#wait();
  }

  async end(): Promise<CallerAnswer> {
    clearTimeout(this.#timer);
    await Promise.all(this.#open);
    return { calls: this.#calls, lagMaxMs: this.#lagMaxMs, wrong: this.#wrong };
  }

  /** Those that are due already are made at once. */
  #wait(): void {
    for (;;) {
      const dueMs = this.#startedMs + this.#made * this.#everyMs;
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) return void (this.#timer = setTimeout(() => this.#wait(), leftMs));
      this.#lagMaxMs = Math.max(this.#lagMaxMs, -leftMs);
      const kind = CALL_KINDS[this.#made++ % CALL_KINDS.length] as CallKind;
      if (this.#open.size >= WAITING_MAX) this.#wrong.push(`${kind}: ${WAITING_MAX} calls wait for their answers`);
      else this.#make(kind, dueMs);
    }
  }

  #make(kind: CallKind, dueMs: number): void {
    const call = this.#time(kind, dueMs).finally(() => void this.#open.delete(call));
    this.#open.add(call);
  }

  async #time(kind: CallKind, dueMs: number): Promise<void> {
    const problem = await this.#ask(kind).catch(String);
    if (problem !== undefined) this.#wrong.push(`${kind}: ${problem}`);
    this.#calls.push({ kind, atMs: performance.timeOrigin + dueMs, tookMs: performance.now() - dueMs });
  }

  /** What is wrong with the answer. */
  async #ask(kind: CallKind): Promise<string | undefined> {
    const { path, body, holds } = REQUESTS[kind];
    const method = body === undefined ? "GET" : "POST";
    const response = await fetch(this.#url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    if (response.status !== 200) return `status ${response.status}: ${text.slice(0, 100)}`;
    return holds(text) ? undefined : `unexpected answer: ${text.slice(0, 100)}`;
  }
}

interface CallRequest {
  readonly path: string;
  readonly body?: string;
  holds(answer: string): boolean;
}

const REQUESTS: Readonly<Record<CallKind, CallRequest>> = {
  actor: { path: "/actors/counter/bench", holds: (text) => text.includes('"key":"bench"') },
  sessions: { path: "/sessions?limit=50", holds: (text) => text.startsWith('{"items":[') },
  add: { path: "/actors/counter/bench/add", body: '{"amount":1}', holds: (text) => Number(text) >= 1 },
  metrics: { path: "/metrics", holds: (text) => text.includes("_turns_total") },
};
