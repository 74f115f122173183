// The file of the log: JSON lines, set aside when it has grown; a disk that takes nothing costs lines and nothing else.
import { createStream, type RotatingFileStream } from "rotating-file-stream";

import type { Clock } from "../base/clock.ts";
import { settlesWithin } from "../base/settles-within.ts";
import { limits } from "../limits.ts";

export interface LogFileOptions {
  /** Made when it is not there. */
  readonly folder: string;
  readonly name: string;
  /** Grown to that it becomes `<name>.1`, and that `.2`, … */
  readonly bytesMax: number;
  /** … so many are kept beside it. */
  readonly filesMax: number;
}

/** Told once when the file begins to fail, and once when that is over. */
type OnTrouble = (fields: object, text: string) => void;

export class LogFile {
  readonly #options: LogFileOptions;
  readonly #clock: Clock;
  readonly #onTrouble: OnTrouble;
  #stream: RotatingFileStream | undefined;
  /** Lines from before there is a file; undefined from then on. */
  #early: string[] | undefined = [];
  #earlyChars = 0;
  #closed = false;
  #failing = false;
  /** Since it failed. */
  #lost = 0;
  #lostBefore = 0;
  readonly #written = (error?: Error | null): void => {
    if (error) this.#lost++;
  };

  constructor(options: LogFileOptions, clock: Clock, onTrouble: OnTrouble) {
    this.#options = options;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  get linesLost(): number {
    return this.#lostBefore + this.#lost;
  }

  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#begin();
    for (const line of early) this.write(line);
  }

  /** A line with its newline. Kept until the disk has it, as far as there is room; else lost, and counted. */
  write(line: string): void {
    if (this.#closed) return;
    if (this.#early !== undefined) this.#keep(this.#early, line);
    else if (this.#stream === undefined || this.#isFull(this.#stream.writableLength)) this.#lost++;
    else this.#stream.write(line, this.#written);
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#closed = true;
    if (stream === undefined) return;
    const closed = Promise.withResolvers<void>();
    stream.once("close", closed.resolve);
    stream.end();
    await settlesWithin(this.#clock, closed.promise, limits.logFileCloseMs);
  }

  #keep(early: string[], line: string): void {
    if (this.#isFull(this.#earlyChars)) return void this.#lost++;
    early.push(line);
    this.#earlyChars += line.length;
  }

  #isFull(pending: number): boolean {
    return pending > limits.logFilePendingBytesMax;
  }

  #begin(): void {
    const { name, folder: path, bytesMax, filesMax: rotate } = this.#options;
    const stream = createStream(name, { path, size: `${bytesMax}B`, rotate, mode: 0o600 });
    this.#stream = stream;
    stream.on("error", (error) => this.#stream === stream && this.#failed(error));
    // A failure may have cut a line: the next one begins on a line of its own.
    if (this.#failing) stream.write("\n", (error) => error ?? this.#recovered());
  }

  /** The stream has destroyed itself, and what it held is gone. */
  #failed(error: Error): void {
    this.#stream = undefined;
    if (this.#closed) return;
    const isNews = !this.#failing;
    this.#failing = true;
    this.#clock.after(limits.logFileRetryMs, () => this.#closed || this.#begin());
    const { folder, name } = this.#options;
    if (isNews)
      this.#onTrouble({ err: error, folder, name }, "Cannot write the log's file: lines are lost until it can");
  }

  #recovered(): void {
    const lost = this.#lost;
    this.#failing = false;
    this.#lost = 0;
    this.#lostBefore += lost;
    this.#onTrouble({ lost }, "The log's file can be written again");
  }
}
