// One life of the process that is killed: it is given its plan, all that it says is kept, and its end comes by SIGKILL.
import { CHILD_PATH } from "./crash-child.ts";
import type { Checked, Figures, Message, Plan, Ready } from "./crash-messages.ts";

/** When the end comes: so long after its load began, or after the process was started. */
export interface Kill {
  readonly from: "load" | "start";
  readonly afterMs: number;
}

/** What a life said before its end; what it had said by then has happened. */
export interface Life {
  readonly ready: Ready | undefined;
  /** Answers to retries, by the operation's id. */
  readonly again: ReadonlyMap<string, number>;
  readonly checked: Checked | undefined;
  /** Its clients were asking. */
  readonly begun: boolean;
  /** Of each client, the answers to its operations, in order. */
  readonly answers: readonly (readonly number[])[];
  readonly figures: Figures | undefined;
  readonly faults: readonly string[];
}

const WITHIN_MS = 60_000;

/** Every life runs the same program, and is soon there: returns the path of one file with all that it needs. */
export async function buildChild(folder: string): Promise<string> {
  const how = { target: "bun", format: "cjs", bytecode: true } as const;
  const { outputs } = await Bun.build({ entrypoints: [CHILD_PATH], outdir: folder, ...how });
  return (outputs[0] as Bun.BuildArtifact).path;
}

/** Lives until it is killed, or, without a kill, to its end. Rejects when the process ends in another way. */
export async function live(program: string, plan: Plan, kill: Kill | undefined): Promise<Life> {
  const child = Bun.spawn([process.execPath, program], {
    stdin: new Blob([JSON.stringify(plan)]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = new Response(child.stderr).text();
  const told = new Told(plan.clients);
  const timers = [setTimeout(() => child.kill("SIGKILL"), WITHIN_MS)];
  const killAfter = (delayMs: number): void => void timers.push(setTimeout(() => child.kill("SIGKILL"), delayMs));
  if (kill?.from === "start") killAfter(kill.afterMs);
  try {
    for await (const line of linesOf(child.stdout)) {
      told.hear(JSON.parse(line) as Message);
      if (told.loaded && kill?.from === "load" && timers.length === 1) killAfter(kill.afterMs);
    }
    await child.exited;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    child.kill("SIGKILL");
  }
  const asPlanned = kill === undefined ? told.ended && child.exitCode === 0 : child.signalCode === "SIGKILL";
  if (asPlanned && (kill?.from !== "load" || told.loaded)) return told;
  const how = `exit code ${child.exitCode}, signal ${child.signalCode}, ${told.faults.join("; ")} ${await errors}`;
  throw new Error(`Life ${plan.life} did not end as planned: ${how.trim()}`);
}

class Told implements Life {
  ready: Ready | undefined;
  readonly again = new Map<string, number>();
  checked: Checked | undefined;
  begun = false;
  loaded = false;
  ended = false;
  readonly answers: number[][];
  figures: Figures | undefined;
  readonly faults: string[] = [];

  constructor(clients: number) {
    this.answers = Array.from({ length: clients }, () => []);
  }

  hear(message: Message): void {
    switch (message.kind) {
      case "acknowledged":
        return this.#acknowledge(message.client, message.number, message.answer);
      case "again":
        return void this.again.set(message.id, message.answer);
      case "fault":
        return void this.faults.push(message.what);
      case "ready":
        return void (this.ready = message);
      case "checked":
        return void (this.checked = message);
      case "figures":
        return void (this.figures = message);
      case "begun":
        return void (this.begun = true);
      case "loaded":
        return void (this.loaded = true);
      case "ended":
        return void (this.ended = true);
    }
  }

  #acknowledge(client: number, number: number, answer: number): void {
    const answers = this.answers[client];
    if (answers?.push(answer) !== number) this.faults.push(`client ${client} has number ${number} out of order`);
  }
}

/** Whole lines: what a kill cut off was not said. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
