// The chat client as a program of its own that is typed to through a pipe, and what it shows, with the times.

import { resolve } from "node:path";

import { readLines } from "./lines-of.ts";
import { inheritedEnvironment } from "./program.ts";

/** A message as a member was shown it, its own among them. */
export interface ShownMessage {
  readonly text: string;
  /** Of `performance.now`. */
  readonly atMs: number;
}

const client = resolve(import.meta.dirname, "../../clients/chat.ts");
const messageLine = /^\d\d:\d\d:\d\d \S+ \d+ \S+: (.*)$/;
const pollMs = 2;

export class PipedMember implements AsyncDisposable {
  readonly messages: ShownMessage[] = [];
  readonly #others: string[] = [];
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(flags: readonly string[]) {
    this.#process = Bun.spawn([process.execPath, client, ...flags], {
      env: inheritedEnvironment(),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    void this.#read();
  }

  say(text: string): void {
    this.#process.stdin.write(`${text}\n`);
    this.#process.stdin.flush();
  }

  /** How many lines that are no messages contain this. */
  timesShown(part: string): number {
    return this.#others.filter((line) => line.includes(part)).length;
  }

  /** Resolves when it holds; rejects after `withinMs`, or when the client is gone. */
  async until(what: string, holds: () => boolean, withinMs = 60_000): Promise<void> {
    const deadlineMs = performance.now() + withinMs;
    while (!holds()) {
      if (this.#process.exitCode !== null) throw new Error(`The chat client is gone, with ${what} still awaited`);
      if (performance.now() > deadlineMs) throw new Error(`Not within ${withinMs} ms: ${what}`);
      await Bun.sleep(pollMs);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async #read(): Promise<void> {
    for await (const line of readLines(this.#process.stdout)) {
      const text = messageLine.exec(line)?.[1];
      if (text === undefined) this.#others.push(line);
      else this.messages.push({ text, atMs: performance.now() });
    }
  }
}
