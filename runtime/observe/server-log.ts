// What clients do, for people: a few lines a second on the console, all in a file; and as events in the one log.
import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import type { Log } from "./log.ts";

export interface ServerLogOptions {
  readonly clock: Clock;
  /** Takes a line with its newline; undefined where nobody looks. */
  readonly print: ((line: string) => void) | undefined;
  readonly file: { append(line: string): void } | undefined;
  readonly event?: Log["event"];
}

export class ServerLog {
  readonly #options: ServerLogOptions;
  #windowOpen = false;
  #printed = 0;
  #left = 0;

  constructor(options: ServerLogOptions) {
    this.#options = options;
  }

  /** Of more than so many a second the rest is counted, and the count printed. */
  console(line: string): void {
    const { clock, print } = this.#options;
    if (print === undefined) return;
    if (!this.#windowOpen) {
      this.#windowOpen = true;
      clock.after(1_000, () => this.#closeWindow(print));
    }
    if (this.#printed++ < limits.consoleLinesPerSecond) print(line);
    else this.#left++;
  }

  file(line: string): void {
    this.#options.file?.append(line);
  }

  event(reason: string, fields: () => object): void {
    this.#options.event?.(reason, fields);
  }

  #closeWindow(print: (line: string) => void): void {
    if (this.#left > 0) print(`[INFO] ... e mais ${this.#left} linhas em um segundo\n`);
    this.#windowOpen = false;
    this.#printed = 0;
    this.#left = 0;
  }
}
