// What a killed process must have kept: built from what it acknowledged, compared with what it shows after its restart.
import type { Entry } from "./crash-actors.ts";
import { alarmProblems, missedFirings } from "./crash-alarms.ts";
import type { Checked, Plan, Ready, ShownPlace, ShownTimekeeper } from "./crash-messages.ts";
import { entriesOf, type Operation, operationAt, timekeepersOf } from "./crash-operations.ts";
import type { Life } from "./crash-process.ts";

/** What one life added to what is known, and what of earlier ones was checked in it. */
export interface LifeFigures {
  readonly acknowledged: number;
  /** Asked, or about to be, and not answered when the kill came. */
  readonly inFlight: number;
  /** Sent again and answered. */
  readonly retried: number;
  /** Of the changes in flight without `once`, those that were there. */
  readonly found: number;
  /** Entries of lists that were compared with what was acknowledged. */
  readonly changes: number;
  readonly firings: number;
  /** Of them, those that were due while the process was dead. */
  readonly missed: number;
}

interface Answered {
  readonly operation: Operation;
  readonly answer: number;
}

interface Place {
  readonly entries: Entry[];
  balance: number;
}

type Retries = Pick<Plan, "retries" | "places" | "timekeepers">;

/** Of each client's last answers, how many are asked for again: the answer must be the first one. */
const ECHOES = 2;

export class CrashModel {
  /** Every promise that was broken, in words. */
  readonly problems: string[] = [];
  readonly #seed: number;
  readonly #places = new Map<string, Place>();
  /** `place#number` of each entry, by its id. */
  readonly #found = new Map<string, string>();
  readonly #answered = new Map<string, Answered>();
  /** Of these, the ones that were answered since the last check. */
  #unchecked: Answered[] = [];
  /** In flight at a kill: with `once`, until a retry is answered; and without, which may be there or not. */
  readonly #open = new Map<string, Operation>();
  readonly #doubtful = new Map<string, Operation>();
  #echoes: Operation[] = [];
  /** Places that were changed, and lives whose timekeepers are not ended, since the last check. */
  readonly #changed = new Set<string>();
  #running: number[] = [];
  readonly #begun = new Set<number>();
  readonly #firings = new Map<string, ShownTimekeeper["firings"]>();
  /** When each life was ready, in Unix milliseconds. */
  readonly #starts = new Map<number, number>();
  #epoch = 0;
  /** What both sides of all transfers add up to. */
  #transferred = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** What the next life has to do before its own load. */
  next(): Retries {
    const places = Array.from(this.#changed, (place) => ({ place, after: this.#placeOf(place).entries.length }));
    const timekeepers = this.#running.flatMap(timekeepersOf);
    return { retries: [...this.#open.values(), ...this.#echoes], places, timekeepers };
  }

  /** Everything there is, from the beginning. */
  all(): Retries {
    const places = Array.from(this.#places.keys(), (place) => ({ place, after: 0 }));
    return { retries: [], places, timekeepers: Array.from(this.#firings.keys()) };
  }

  learn(number: number, life: Life): LifeFigures {
    for (const fault of life.faults) this.#broken(`life ${number}: ${fault}`);
    if (life.ready !== undefined) this.#started(number, life.ready);
    for (const [id, answer] of life.again) this.#answeredAgain(id, answer);
    const checked = life.checked === undefined ? NOTHING_CHECKED : this.#check(life.checked);
    if (life.checked !== undefined) this.#running.push(number);
    if (life.begun) this.#begun.add(number);
    const under = life.begun ? this.#takeAnswers(number, life.answers) : { acknowledged: 0, inFlight: 0 };
    return { ...under, retried: life.again.size, ...checked };
  }

  /** What is shown of everything is what was checked piece by piece. */
  learnAll({ places, timekeepers }: Checked): void {
    for (const { place, entries, balance } of places) {
      const known = this.#placeOf(place);
      const same = JSON.stringify(entries) === JSON.stringify(known.entries) && balance === known.balance;
      if (!same) this.#broken(`${place} is not what it was when it was checked`);
    }
    for (const { key, firings } of timekeepers) {
      const same = JSON.stringify(firings) === JSON.stringify(this.#firings.get(key));
      if (!same) this.#broken(`the firings of ${key} are not what they were when it was ended`);
    }
  }

  #started(number: number, { epoch, unixMs, quarantines, letters }: Ready): void {
    if (epoch <= this.#epoch) this.#broken(`life ${number} has epoch ${epoch}, an earlier one had ${this.#epoch}`);
    if (quarantines > 0) this.#broken(`life ${number} finds ${quarantines} actors in quarantine`);
    if (letters > 0) this.#broken(`life ${number} finds dead letters`);
    this.#epoch = epoch;
    this.#starts.set(number, unixMs);
  }

  #answeredAgain(id: string, answer: number): void {
    const first = this.#answered.get(id);
    const operation = this.#open.get(id);
    if (first !== undefined && first.answer !== answer) {
      this.#broken(`${id} was answered ${first.answer}, and when it was sent again ${answer}`);
    } else if (first === undefined && operation !== undefined) {
      this.#open.delete(id);
      this.#acknowledge({ operation, answer });
    }
  }

  #acknowledge(answered: Answered): void {
    this.#answered.set(answered.operation.id, answered);
    this.#unchecked.push(answered);
  }

  #takeAnswers(life: number, answers: Life["answers"]): { acknowledged: number; inFlight: number } {
    this.#echoes = [];
    for (const [client, own] of answers.entries()) {
      for (const [index, answer] of own.entries()) {
        const operation = operationAt(this.#seed, life, client, index + 1);
        this.#acknowledge({ operation, answer });
        this.#change(operation);
        if (operation.once && index >= own.length - ECHOES) this.#echoes.push(operation);
      }
      const cut = operationAt(this.#seed, life, client, own.length + 1);
      (cut.once ? this.#open : this.#doubtful).set(cut.id, cut);
      this.#change(cut);
    }
    const acknowledged = answers.reduce((sum, own) => sum + own.length, 0);
    return { acknowledged, inFlight: answers.length };
  }

  #change(operation: Operation): void {
    for (const { place } of entriesOf(operation, 1)) this.#changed.add(place);
  }

  #check({ places, timekeepers }: Checked): Omit<LifeFigures, "acknowledged" | "inFlight" | "retried"> {
    const fresh = new Set<string>();
    for (const shown of places) this.#absorb(shown, fresh);
    const changes = fresh.size;
    for (const answered of this.#unchecked) this.#checkAnswered(answered, fresh);
    let found = 0;
    for (const operation of this.#doubtful.values()) {
      for (const { id } of entriesOf(operation, 1)) if (fresh.delete(id)) found++;
    }
    for (const id of fresh) this.#broken(`${id} in ${this.#found.get(id)} should not be there, or not yet`);
    for (const id of this.#open.keys()) this.#broken(`${id} was sent again and not answered`);
    // Once everything was sent again, transfers have created nothing and destroyed nothing.
    if (this.#transferred !== 0) this.#broken(`transfers have made ${this.#transferred} out of nothing`);
    const ended = timekeepers.map((each) => this.#checkTimekeeper(each));
    this.#unchecked = [];
    this.#doubtful.clear();
    this.#changed.clear();
    this.#running = [];
    const sum = (figure: "firings" | "missed"): number => ended.reduce((total, each) => total + each[figure], 0);
    return { found, changes, firings: sum("firings"), missed: sum("missed") };
  }

  /** New entries follow the known ones without a gap, each for the first time, and add up to what the state says. */
  #absorb({ place, count, balance, entries }: ShownPlace, fresh: Set<string>): void {
    const known = this.#placeOf(place);
    for (const entry of entries) {
      known.balance += entry.amount;
      const at = `${place}#${known.entries.push(entry)}`;
      const before = this.#found.get(entry.id);
      if (before !== undefined) this.#broken(`${entry.id} is there twice: in ${before} and in ${at}`);
      this.#found.set(entry.id, at);
      fresh.add(entry.id);
      if (/[+-]$/.test(entry.id)) this.#transferred += entry.amount;
    }
    if (count !== known.entries.length) this.#broken(`${place} counts ${count}, and has ${known.entries.length}`);
    if (balance !== known.balance) this.#broken(`${place} says ${balance}, its entries make ${known.balance}`);
  }

  #checkAnswered({ operation, answer }: Answered, fresh: Set<string>): void {
    for (const { place, id, amount } of entriesOf(operation, answer)) {
      const at = this.#found.get(id);
      const numbered = operation.kind !== "transfer" && answer > 0;
      const number = Number(at?.slice(at.indexOf("#") + 1));
      const entry = this.#placeOf(place).entries[number - 1];
      if (at === undefined) this.#broken(`${id} was acknowledged and is lost: it is not in ${place}`);
      else if (entry?.id !== id || entry.amount !== amount) this.#broken(`${id} is in ${at}, not as it was sent`);
      else if (numbered && number !== answer) this.#broken(`${id} is in ${at}, and was answered ${answer}`);
      fresh.delete(id);
    }
  }

  #checkTimekeeper({ key, firings, finishedAt }: ShownTimekeeper): { firings: number; missed: number } {
    const life = Number(/\d+/.exec(key)?.[0]);
    const starts = Array.from(this.#starts).flatMap(([number, unixMs]) =>
      number > life && unixMs <= finishedAt ? [unixMs] : [],
    );
    const oneShots = this.#placeOf(`timekeeper/${key}`).entries.map(({ id }) => {
      const [, client = 0, number = 0] = id.split(".").map(Number);
      const operation = operationAt(this.#seed, life, client, number);
      return { name: id, missed: operation.kind === "wake" ? operation.missed : "once" };
    });
    const problems = alarmProblems({ firings, oneShots, begun: this.#begun.has(life), starts });
    for (const problem of problems) this.#broken(`timekeeper/${key}: ${problem}`);
    this.#firings.set(key, firings);
    const missed = starts.reduce((sum, start) => sum + missedFirings(firings, start).length, 0);
    return { firings: firings.length, missed };
  }

  #placeOf(name: string): Place {
    const known = this.#places.get(name) ?? { entries: [], balance: 0 };
    this.#places.set(name, known);
    return known;
  }

  #broken(problem: string): void {
    this.problems.push(problem);
  }
}

const NOTHING_CHECKED = { found: 0, changes: 0, firings: 0, missed: 0 };
