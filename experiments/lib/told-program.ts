// A program of the experiment's own that is told what to do line by line, and answers each line: both sides of it.

import { readLines } from "./lines-of.ts";
import { inheritedEnvironment } from "./program.ts";

interface Failed {
  readonly failure: string;
}

/** Does as it is told, one thing after the other, until its input ends. */
export async function obeyLines<Told, Answer>(
  lines: AsyncIterable<string>,
  act: (told: Told) => Promise<Answer>,
): Promise<void> {
  for await (const line of lines) {
    const answer = await act(JSON.parse(line) as Told).catch((error: unknown): Failed => ({ failure: String(error) }));
    console.log(JSON.stringify(answer ?? {}));
  }
}

export class ToldProgram<Told, Answer> implements AsyncDisposable {
  readonly #name: string;
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #answers: AsyncGenerator<string, undefined>;

  /** `name` is for messages; `command` is what obeys. */
  constructor(name: string, command: readonly string[]) {
    this.#name = name;
    this.#process = Bun.spawn([...command], {
      env: { ...inheritedEnvironment(), NODE_ENV: "production" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#answers = readLines(this.#process.stdout);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Resolves when it is done; rejects with what went wrong there. */
  async tell(told: Told): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(told)}\n`);
    await this.#process.stdin.flush();
    const line = (await this.#answers.next()).value;
    if (line === undefined) throw new Error(`The program of ${this.#name} is gone`);
    const answer = JSON.parse(line) as Answer | Failed;
    if (!isFailed(answer)) return answer;
    throw new Error(`${this.#name} cannot do ${JSON.stringify(told).slice(0, 80)}: ${answer.failure}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

function isFailed(answer: unknown): answer is Failed {
  return typeof answer === "object" && answer !== null && "failure" in answer;
}
