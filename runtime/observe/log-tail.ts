// The last lines of the log, in memory: bounded in number and size, searched newest first, told to who listens.
import { limits } from "../limits.ts";
import { entryOf } from "./log-line.ts";
import { LOG_LEVELS, type LogEntry, type LogQuery, type LogView } from "./log-view.ts";
import { pageOf } from "./page-of.ts";

interface Kept {
  readonly entry: LogEntry;
  /** As written, in lower case: it is searched for text in any case. */
  readonly sought: string;
}

export class LogTail implements Pick<LogView, "tail" | "subscribe"> {
  /** Oldest first; those before `#first` are gone. */
  #kept: Kept[] = [];
  #first = 0;
  #chars = 0;
  #number = 0;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  #telling = false;

  /** One clean line of JSON. */
  add(line: string): void {
    const entry = entryOf(line, ++this.#number);
    const sought = line.toLowerCase();
    this.#kept.push({ entry, sought });
    this.#chars += sought.length;
    while (this.#count > limits.logTailLinesMax || this.#chars > limits.logTailCharsMax) this.#forgetOldest();
    if (this.#first > limits.logTailLinesMax) this.#closeRanks();
    this.#tell(entry);
  }

  tail(query: LogQuery): ReturnType<LogView["tail"]> {
    const found: LogEntry[] = [];
    const fits = filterOf(query);
    for (let index = this.#kept.length - 1; index >= this.#first && found.length <= query.limit; index--) {
      const kept = this.#kept[index] as Kept;
      if (fits(kept)) found.push(kept.entry);
    }
    return pageOf(found, query.limit, ({ number }) => String(number));
  }

  subscribe(listener: (entry: LogEntry) => void): () => void {
    const own = (entry: LogEntry): void => listener(entry);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  get #count(): number {
    return this.#kept.length - this.#first;
  }

  #forgetOldest(): void {
    this.#chars -= (this.#kept[this.#first++] as Kept).sought.length;
  }

  #closeRanks(): void {
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }

  /** What a listener logs itself is kept, and not told: it would never end. Nor is its fault the logger's. */
  #tell(entry: LogEntry): void {
    if (this.#telling) return;
    this.#telling = true;
    for (const listener of this.#listeners) {
      try {
        listener(entry);
      } catch {
        this.#listeners.delete(listener);
      }
    }
    this.#telling = false;
  }
}

function filterOf({ before = Number.POSITIVE_INFINITY, level = "debug", reason, contains }: LogQuery) {
  const least = LOG_LEVELS.indexOf(level);
  const part = contains?.toLowerCase();
  return ({ entry, sought }: Kept): boolean =>
    entry.number < before &&
    LOG_LEVELS.indexOf(entry.level) >= least &&
    (reason === undefined || entry.reason === reason) &&
    (part === undefined || sought.includes(part));
}
