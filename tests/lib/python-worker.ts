// An existing worker server as a process: `messaging_worker.py`, and what it has said.
import { join } from "node:path";

import { eventually } from "./eventually.ts";

export interface Said {
  readonly ready?: string;
  readonly took?: string;
  readonly rank?: number;
  readonly told?: number | null;
  readonly coordinator?: string;
}

export class PythonWorker {
  readonly said: Said[] = [];
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;

  constructor(...args: readonly (string | number)[]) {
    const command = ["/usr/bin/python3", join(import.meta.dir, "messaging_worker.py"), ...args.map(String)];
    this.#child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
    void this.#listen();
  }

  /** Until it has said something like that; what it said. */
  async says(what: string, fits: (said: Said) => boolean): Promise<Said> {
    await eventually(what, () => this.said.some(fits), 30_000);
    return this.said.find(fits) as Said;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  async #listen(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.said.push(...lines.map((line) => JSON.parse(line) as Said));
    }
  }
}
