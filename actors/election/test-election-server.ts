// A server in a world of elections: a process with a clock of its own that can stop, die, and come back.
import { Election } from "./election.ts";
import type { Member } from "./members.ts";
import type { Answer, Ask, Effect, ElectionEvent, ElectionMemory, Request } from "./messages.ts";
import type { TestTime } from "./test-election-network.ts";
import { electionTimes } from "./times.ts";

/** In ticks: all other times are in proportion. */
export const TIMES = electionTimes(50);

/** What a world does with what its servers want, and sees of them. */
export interface Surroundings {
  readonly time: TestTime;
  readonly chance: () => number;
  readonly random: () => number;
  sends(server: TestServer, ask: Ask): void;
  sees(server: TestServer, effect: Effect): void;
}

export class TestServer {
  readonly place: number;
  readonly name: string;
  /** False: it is foreign. */
  readonly votes: boolean;
  /** Of a process; what is for an earlier one is for nobody. */
  life = 0;
  isUp = false;
  isPaused = false;
  memory: ElectionMemory | undefined = undefined;
  /** The last that it was given. */
  list: readonly Member[] = [];
  /** What it was last to remember, whatever has become of that. */
  remembered: ElectionMemory | undefined = undefined;
  /** The last epoch in which it has voted for another. */
  votedIn = 0;
  /** Its next effects, but for so many, are the last of this process. */
  effectsLeft = Number.POSITIVE_INFINITY;
  readonly #world: Surroundings;
  readonly #clockRate: number;
  readonly #clockOffset: number;
  #election: Election | undefined = undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] = [];

  constructor(world: Surroundings, place: number, votes: boolean, clockRate: number) {
    this.#world = world;
    this.place = place;
    this.name = `s${place + 1}`;
    this.votes = votes;
    this.#clockRate = clockRate;
    this.#clockOffset = Math.floor(world.chance() * 1_000_000);
  }

  get nowMs(): number {
    return this.#clockOffset + this.#world.time.now * this.#clockRate;
  }

  /** Undefined of a foreign one, and while it is down. */
  get election(): Election | undefined {
    return this.#election;
  }

  start(): void {
    this.isUp = true;
    this.life++;
    this.effectsLeft = Number.POSITIVE_INFINITY;
    if (!this.votes) return;
    const { memory, nowMs } = this;
    this.#election = new Election({ name: this.name, times: TIMES, random: this.#world.random, memory, nowMs });
  }

  crash(): void {
    this.isUp = this.isPaused = false;
    this.life++;
    this.list = [];
    this.#election = undefined;
    this.#waiting = [];
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  /** What it did before is nothing to it: it is a new server of the same name. */
  loseMemory(): void {
    this.memory = this.remembered = undefined;
    this.votedIn = 0;
  }

  /** What came to it meanwhile has waited, and so have its timers. */
  resume(): void {
    this.isPaused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const happen of waiting) this.#do(happen);
  }

  /** Now, or as soon as it goes on; never where the process ends before. */
  run(happen: () => void): void {
    if (this.isPaused) this.#waiting.push(happen);
    else this.#do(happen);
  }

  step(event: ElectionEvent): void {
    this.#take(this.#election?.step(event, this.nowMs) ?? []);
  }

  /** Its reply, if it lives that long. */
  serve(from: string, message: Request): Answer | undefined {
    if (this.#election !== undefined)
      return this.#take(this.#election.step({ kind: "request", from, message }, this.nowMs));
    const [highest] = this.list.toSorted((one, other) => other.rank - one.rank);
    const unsaid = { epoch: undefined, promised: undefined, claims: undefined, boundTo: undefined };
    return { kind: "standing", coordinator: highest?.name, ...unsaid };
  }

  #do(happen: () => void): void {
    if (this.isUp) happen();
  }

  #take(effects: readonly Effect[]): Answer | undefined {
    let reply: Answer | undefined;
    for (const effect of effects) {
      if (this.effectsLeft-- <= 0) {
        this.crash();
        return undefined;
      }
      if (effect.kind === "remember") this.memory = effect.memory;
      this.#world.sees(this, effect);
      if (effect.kind === "ask") this.#world.sends(this, effect);
      else if (effect.kind === "reply") reply = effect.message;
    }
    this.#setTimer();
    return reply;
  }

  /** One that is set for earlier sets the next. */
  #setTimer(): void {
    const { time } = this.#world;
    const dueAtMs = this.#election?.dueAtMs ?? Number.POSITIVE_INFINITY;
    const due = Math.max(Math.ceil((dueAtMs - this.#clockOffset) / this.#clockRate), time.now + 1);
    if (due >= this.#timerAt || due === Number.POSITIVE_INFINITY) return;
    const { life } = this;
    this.#timerAt = due;
    time.at(due, () => {
      if (this.life !== life || this.#timerAt !== due) return;
      this.run(() => {
        this.#timerAt = Number.POSITIVE_INFINITY;
        if (this.nowMs >= (this.#election?.dueAtMs ?? 0)) this.step({ kind: "tick" });
        else this.#setTimer();
      });
    });
  }
}
