// What clerks and rebels were asked for, and what may come of it, in tests of all that there is at once.
import type { Store } from "./ports.ts";
import { NewsBook } from "./test-chaos-news.ts";
import { Skips } from "./test-chaos-skips.ts";
import { type Counted, KEYS } from "./test-chaos.ts";

/** The state of a clerk: what it has done is stored with what that ends, the alarm that came or the watch. */
export interface Clerk extends Counted {
  /** By number, how often it was handled. */
  notes: Record<string, number>;
  /** Alarms that came once. */
  rang: string[];
  /** Alarms of which none may be left out. */
  all: Record<string, { next: number; left: number; readonly everyMs: number }>;
  /** By name of who is watched, the numbers of the watches. */
  watched: Record<string, number[]>;
  told: number[];
  /** A row too, changed by each note. */
  count: number;
}

/** An alarm that crashes each time. */
interface Rebel {
  readonly key: string;
  /** In this process. */
  tries: number;
  isPromised: boolean;
}

interface Letter {
  readonly type: string;
  readonly key: string;
  readonly method: string;
  readonly input?: unknown;
}

const EMPTY: Clerk = { turns: 0, notes: {}, rang: [], all: {}, watched: {}, told: [], count: 0 };

export class Promises {
  readonly skips = new Skips();
  readonly news = new NewsBook();
  /** By alarm of which none may be left out, its clerk. */
  readonly alls = new Map<string, string>();
  readonly #rebels = new Map<string, Rebel>();
  /** By the number of a note that this process has accepted, its clerk. */
  readonly #notes = new Map<number, string>();
  #lastNote = 0;
  #lastId = 0;
  /** Whether this key is shut at the node that runs. */
  isShut: (who: { readonly type: string; readonly key: string }) => boolean = () => false;

  nextId(): number {
    return ++this.#lastId;
  }

  /** The number of a new note, or of one that was sent before. */
  note(again: ((most: number) => number) | undefined): number {
    return again === undefined ? ++this.#lastNote : 1 + again(this.#lastNote);
  }

  /** Notes are of one clerk each. */
  accepted(id: number, key: string): void {
    this.#notes.set(id, key);
  }

  /** Undefined: it has as many alarms as can be put aside before its key is shut. */
  rebel(key: string, most: number): { readonly name: string; readonly promised: () => void } | undefined {
    const open = [...this.#rebels.values()].filter((each) => each.key === key && each.tries < 3);
    if (open.length >= most) return undefined;
    const name = `blow ${this.nextId()}`;
    const rebel = { key, tries: 0, isPromised: false };
    this.#rebels.set(name, rebel);
    return { name, promised: () => void (rebel.isPromised = true) };
  }

  blew(name: string): void {
    const rebel = this.#rebels.get(name);
    if (rebel !== undefined) rebel.tries++;
  }

  restarted(): void {
    this.#notes.clear();
    for (const rebel of this.#rebels.values()) rebel.tries = 0;
  }

  async problems(store: Store, letters: readonly Letter[]): Promise<readonly string[]> {
    const wrong = [...this.#rebels].flatMap(([name, rebel]) => rebelProblems(name, rebel, letters));
    for (const key of KEYS) {
      const stored = await store.load("clerk", key);
      const clerk = stored === undefined ? EMPTY : (JSON.parse(stored.state) as Clerk);
      const ofKey = letters.filter((letter) => letter.type === "clerk" && letter.key === key);
      wrong.push(...this.#clerkProblems(key, clerk, ofKey).map((problem) => `clerk/${key}: ${problem}`));
    }
    return wrong;
  }

  #clerkProblems(key: string, { notes, rang, all }: Clerk, letters: readonly Letter[]): readonly string[] {
    const isLetter = (id: number): boolean => letters.some(({ method, input }) => method === "note" && input === id);
    const twice = Object.keys(notes).filter((id) => notes[id] !== 1);
    const lost = [...this.#notes].filter(([id, of]) => of === key && notes[id] === undefined && !isLetter(id));
    const late = this.skips.sent.filter(([name, of]) => of === key && !rang.includes(name));
    const left = [...this.alls].filter(([name, of]) => of === key && all[name] !== undefined);
    return [
      ...twice.map((id) => `note ${id} was handled ${notes[id]} times`),
      ...lost.map(([id]) => `note ${id} was accepted, and is neither handled nor a letter`),
      ...late.map(([name]) => `${name} was sent in its time, and never came`),
      ...left.map(([name]) => `${name} still has to come`),
    ];
  }
}

function rebelProblems(name: string, { isPromised }: Rebel, letters: readonly Letter[]): string[] {
  const count = letters.filter(({ method, input }) => method === "blow" && input === name).length;
  if (count > 1) return [`${name} has ${count} letters`];
  return count === 0 && isPromised ? [`${name} has no letter`] : [];
}
