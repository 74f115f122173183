// The file of the log: JSON lines, set aside when it has grown; a disk that takes nothing costs lines and nothing else.
import { createStream, type RotatingFileStream } from "rotating-file-stream";

import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";

export interface LogFileOptions {
  readonly folder: string;
  readonly name: string;
  /** Grown to that it becomes `<name>.1`, and that `.2`, … */
  readonly bytesMax: number;
  /** … so many are kept beside it. */
  readonly filesMax: number;
}

/** Said once when it begins to fail, and once when it is over. */
type OnTrouble = (fields: object, text: string) => void;

export class LogFile {
  readonly #options: LogFileOptions;
  readonly #clock: Clock;
  readonly #onTrouble: OnTrouble;
  #stream: RotatingFileStream | undefined;
  #closed = false;
  #failing = false;
  #lost = 0;
  readonly #written = (error?: Error | null): void => {
    if (error) this.#lost++;
  };

  constructor(options: LogFileOptions, clock: Clock, onTrouble: OnTrouble) {
    this.#options = options;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
    this.#open();
  }

  /** A line with its newline. Kept until the disk has it, as far as there is room; else lost, and counted. */
  write(line: string): void {
    const stream = this.#stream;
    if (this.#closed) return;
    if (stream === undefined || stream.writableLength > limits.logFilePendingBytesMax) this.#lost++;
    else stream.write(line, this.#written);
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#closed = true;
    this.#stream = undefined;
    if (stream === undefined) return;
    await new Promise<void>((resolve) => {
      stream.once("close", resolve);
      stream.end();
    });
  }

  #open(): void {
    const { name, folder: path, bytesMax, filesMax: rotate } = this.#options;
    const stream = createStream(name, { path, size: `${bytesMax}B`, rotate, mode: 0o600 });
    this.#stream = stream;
    stream.once("error", (error) => this.#failed(error));
    // The first line after a failure, which may have cut the one before it.
    if (this.#failing) stream.write("\n", (error) => error ?? this.#recovered());
  }

  /** The stream has destroyed itself, and what it held is gone. */
  #failed(error: Error): void {
    this.#stream = undefined;
    if (this.#closed) return;
    const isNews = !this.#failing;
    this.#failing = true;
    this.#clock.after(limits.logFileRetryMs, () => this.#closed || this.#open());
    const { folder, name } = this.#options;
    if (isNews) this.#onTrouble({ err: error, folder, name }, "Cannot write the log's file: tries on, lines are lost");
  }

  #recovered(): void {
    this.#failing = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#onTrouble({ lost }, "The log's file can be written again");
  }
}
