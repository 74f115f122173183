// The load: thousands of players in one process, who play hosted matches in pairs with moves at settled times.

import { LoadPair } from "./match-load-pair.ts";
import { type LoadOctets, LoadPlayer } from "./match-load-player.ts";
import { createTally, type LoadPlayed, playedOf } from "./match-load-tally.ts";
import { playerKey, playerName } from "./match-names.ts";
import { obeyLines, ToldProgram } from "./told-program.ts";

export type LoadAct =
  | { readonly kind: "connect"; readonly port: number; readonly certificate: string; readonly players: number }
  | { readonly kind: "begin" }
  | { readonly kind: "warmUp" | "play"; readonly seconds: number }
  | { readonly kind: "count" | "end" };

interface LoadAnswer {
  readonly played?: LoadPlayed;
  readonly octets?: LoadOctets;
  /** Connections that the server has closed. */
  readonly lost?: number;
}

/** Bun shakes hands with five sockets in a turn of the loop, the latest first: with more, some would starve. */
const AT_ONCE = 5;
const BEGIN_AT_ONCE = 100;
const TICK_MS = 1;
const MOVE_EVERY_MS = 1_000;
const ANSWERS_WITHIN_MS = 15_000;
/** The role "load" of the experiment. */
export async function carryLoad(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  const load = new Load();
  await obeyLines<LoadAct, LoadAnswer>(lines, (told) => load.act(told));
}

class Load {
  readonly #octets: LoadOctets = { sent: 0, received: 0 };
  readonly #players: LoadPlayer[] = [];
  readonly #pairs: LoadPair[] = [];
  #tally = createTally(0, 0);
  #lost = 0;

  async act(told: LoadAct): Promise<LoadAnswer> {
    switch (told.kind) {
      case "connect":
        await this.#connect(told);
        return {};
      case "begin":
        await this.#begin();
        return {};
      case "warmUp":
        await this.#move(told.seconds);
        return {};
      case "play":
        return { played: await this.#play(told.seconds) };
      case "count":
        return { octets: this.#octets, lost: this.#lost };
      case "end":
        for (const player of this.#players.splice(0)) player.end();
        return {};
    }
  }

  /** Until there are so many. */
  async #connect({ port, certificate, players }: Extract<LoadAct, { kind: "connect" }>): Promise<void> {
    const lost = (): void => void this.#lost++;
    await inTurn(players - this.#players.length, AT_ONCE, async () => {
      const index = this.#players.push(undefined as never) - 1;
      const options = { port, certificate, octets: this.#octets, lost };
      const who = { name: playerName(index), key: playerKey(index) };
      this.#players[index] = await LoadPlayer.connect({ ...options, ...who });
    });
  }

  async #begin(): Promise<void> {
    for (let index = 0; index + 1 < this.#players.length; index += 2) {
      const [host, guest] = [this.#players[index], this.#players[index + 1]];
      if (host !== undefined && guest !== undefined) {
        this.#pairs.push(new LoadPair(host, guest, index / 2, () => this.#tally));
      }
    }
    const waiting = this.#pairs.values();
    await inTurn(this.#pairs.length, BEGIN_AT_ONCE, async () => await waiting.next().value?.begin());
  }

  async #play(seconds: number): Promise<LoadPlayed> {
    const tally = createTally(performance.now(), seconds);
    this.#tally = tally;
    const cpuBefore = process.cpuUsage();
    const ranSeconds = await this.#move(seconds);
    const cpu = process.cpuUsage(cpuBefore);
    for (const pair of this.#pairs) pair.finish();
    return {
      ...playedOf(tally),
      wanted: this.#pairs.length * seconds,
      open: this.#open(),
      cpuShare: (cpu.user + cpu.system) / 1e6 / ranSeconds,
      seconds: ranSeconds,
    };
  }

  /**
   * Each pair has a move due each second, at a moment of its own within it, whether those before are answered or not.
   * Then all are waited for. Returns how long it took.
   */
  async #move(seconds: number): Promise<number> {
    const pairs = this.#pairs;
    const startMs = performance.now();
    const count = pairs.length * seconds;
    for (let move = 0; move < count;) {
      const nowMs = performance.now();
      for (; move < count; move++) {
        const dueMs = startMs + (move * MOVE_EVERY_MS) / pairs.length;
        if (dueMs > nowMs) break;
        pairs[move % pairs.length]?.move(dueMs);
      }
      await Bun.sleep(TICK_MS);
    }
    const deadlineMs = performance.now() + ANSWERS_WITHIN_MS;
    while (this.#open() > 0 && performance.now() < deadlineMs) await Bun.sleep(TICK_MS);
    return (performance.now() - startMs) / 1_000;
  }

  #open(): number {
    return this.#pairs.reduce((sum, pair) => sum + pair.open, 0);
  }
}

/** So many times, so many at once. */
async function inTurn(times: number, atOnce: number, act: () => Promise<unknown>): Promise<void> {
  const next = { index: 0 };
  const worker = async (): Promise<void> => {
    while (next.index < times) {
      next.index++;
      await act();
    }
  };
  await Promise.all(Array.from({ length: Math.min(times, atOnce) }, worker));
}

/** Starts such a load; `program` is the experiment. */
export class LoadProgram implements AsyncDisposable {
  readonly #program: ToldProgram<LoadAct, LoadAnswer>;

  constructor(program: string) {
    this.#program = new ToldProgram("the load", [process.execPath, program, "load"]);
  }

  get pid(): number {
    return this.#program.pid;
  }

  async does(told: Exclude<LoadAct, { kind: "play" | "count" }>): Promise<void> {
    await this.#program.tell(told);
  }

  async play(seconds: number): Promise<LoadPlayed> {
    const { played } = await this.#program.tell({ kind: "play", seconds });
    if (played === undefined) throw new Error("The load has not said what it played");
    return played;
  }

  async count(): Promise<{ readonly octets: LoadOctets; readonly lost: number }> {
    const { octets = { sent: 0, received: 0 }, lost = 0 } = await this.#program.tell({ kind: "count" });
    return { octets, lost };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
