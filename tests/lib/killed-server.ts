// Clients that count over HTTP, on a whole server that is killed under their load and started again on its folder.
import { createRandom, type Random } from "#runtime/base/random.ts";

import { eventually } from "./eventually.ts";
import { createDataFolder } from "./node-settings.ts";
import { ServerProcess } from "./server-process.ts";

const CLIENTS = 16;
const COUNTERS = ["page/home", "page/about", "größe"];
const KILL_MS = { least: 20, span: 130 };
const ADMIN_TOKEN = "0123456789abcdef0123456789abcdef";

interface Call {
  readonly path: string;
  readonly input?: unknown;
  readonly once?: string;
}

export interface CountReport {
  /** Adds that were answered, first or when they were sent again. */
  readonly added: number;
  readonly retried: number;
  /** What the counters say, in sum. */
  readonly counted: number;
  /** Repeats that were given another answer than the first. */
  readonly otherAnswers: readonly string[];
  /** Alarms that were due while the server was dead, and fired. */
  readonly cleared: number;
  readonly letters: number;
}

export async function countThroughKills(kills: number, seed: number): Promise<CountReport> {
  const counting = new Counting(createRandom(seed));
  try {
    for (let kill = 0; kill < kills; kill++) {
      await counting.start();
      await counting.sendAgain();
      await counting.countUntilKilled(kill);
    }
    await counting.start();
    await counting.sendAgain();
    return await counting.report(kills);
  } finally {
    await counting.end();
  }
}

class WrongAnswer extends Error {}

/** The server is gone: nobody knows what became of the call. */
function cutOff(error: unknown): undefined {
  if (error instanceof WrongAnswer) throw error;
}

class Counting {
  readonly #random: Random;
  readonly #folder = createDataFolder();
  #server: ServerProcess | undefined;
  #url = "";
  /** First answers, by the name of the add. */
  readonly #answers = new Map<string, number>();
  /** What was asked last by each client: not answered, and one answered by each. */
  #inFlight: Call[] = [];
  #answered: Call[] = [];
  readonly #otherAnswers: string[] = [];
  #retried = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  async start(): Promise<void> {
    const server = new ServerProcess({ CORREIO_ADMIN_TOKEN: ADMIN_TOKEN, CORREIO_LOG_LEVEL: "warn" }, this.#folder);
    this.#server = server;
    await eventually("the server's start", () => server.output.includes("Aguardando") || server.errors !== "", 30_000);
    if (server.errors !== "") throw new Error(server.errors);
    this.#url = `http://127.0.0.1:${/HTTP iniciado na porta (\d+)/.exec(server.output)?.[1]}`;
  }

  /** What was in flight, and again something that was answered. */
  async sendAgain(): Promise<void> {
    const calls = [...this.#inFlight, ...this.#answered];
    const answers = await Promise.all(calls.map((call) => this.#call(call)));
    for (const [index, { once = "" }] of calls.entries()) {
      const first = this.#answers.get(once);
      if (first === undefined) this.#answers.set(once, answers[index] as number);
      else if (first !== answers[index]) this.#otherAnswers.push(`${once}: ${first}, then ${answers[index]}`);
    }
    this.#retried += calls.length;
    this.#inFlight = [];
    this.#answered = [];
  }

  /** An alarm of each life is due when the next one begins. */
  async countUntilKilled(life: number): Promise<void> {
    const server = this.#server as ServerProcess;
    await this.#call({ path: `cleared-${life}/add`, input: { amount: 7 } });
    await this.#call({ path: `cleared-${life}/clearLater`, input: { afterMs: 160 } });
    const clients = Array.from({ length: CLIENTS }, (_, client) => this.#add(life, client));
    setTimeout(() => server.signal("SIGKILL"), KILL_MS.least + this.#random.next() * KILL_MS.span);
    await Promise.all([...clients, server.exit()]);
  }

  async report(lives: number): Promise<CountReport> {
    const keys = Array.from({ length: lives }, (_, life) => `cleared-${life}`);
    let cleared = 0;
    for (const key of keys) {
      await eventually(`the alarm of ${key}`, async () => (await this.#call({ path: `${key}/value` })) === 0);
      cleared++;
    }
    const values = await Promise.all(COUNTERS.map((key) => this.#call({ path: `${encodeURIComponent(key)}/value` })));
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const letters = (await (await fetch(`${this.#url}/dead-letters`, { headers })).json()) as {
      items: readonly unknown[];
    };
    return {
      added: this.#answers.size,
      retried: this.#retried,
      counted: values.reduce((sum, value) => sum + value, 0),
      otherAnswers: this.#otherAnswers,
      cleared,
      letters: letters.items.length,
    };
  }

  async end(): Promise<void> {
    await this.#server?.remove();
  }

  /** One after the other, until the server is gone. */
  async #add(life: number, client: number): Promise<void> {
    const key = encodeURIComponent(COUNTERS[client % COUNTERS.length] as string);
    let answered: Call | undefined;
    for (let number = 1; ; number++) {
      const call = { path: `${key}/add`, input: { amount: 1 }, once: `${life}.${client}.${number}` };
      const answer = await this.#call(call).catch(cutOff);
      if (answer === undefined) {
        this.#inFlight.push(call);
        break;
      }
      this.#answers.set(call.once, answer);
      answered = call;
    }
    if (answered !== undefined) this.#answered.push(answered);
  }

  /** Rejects with a `WrongAnswer` where the server says anything but a number or nothing. */
  async #call({ path, input, once }: Call): Promise<number> {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "application/json" };
    const response = await fetch(`${this.#url}/actors/counter/${path}`, {
      method: "POST",
      headers: once === undefined ? headers : { ...headers, "Idempotency-Key": once },
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    });
    if (response.status === 204) return 0;
    const text = await response.text();
    if (response.status !== 200) throw new WrongAnswer(`${path} was answered ${response.status}: ${text}`);
    return Number(text);
  }
}
