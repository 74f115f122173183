// A foreign worker behind Correio's broker: its share of the requests, and how soon a client hears that it was killed.

import { readLines } from "./lines-of.ts";
import { CHANNEL, encodeRequest, type Fields, RequestClient, setUpServices } from "./messaging-requests.ts";
import { type MessagingNode, type MessagingTools, pythonCommand, startMessagingNode } from "./messaging-servers.ts";

export interface WorkerParameters {
  /** Of one client, one after the other. */
  readonly requests: number;
  /** Workers that are killed with a request in their hands, of each kind. */
  readonly kills: number;
}

/** What is repeated, and what cannot be: nobody knows whether it was done. */
export const KILLED_SERVICES = ["users", "publish"] as const;
export type KilledService = (typeof KILLED_SERVICES)[number];

export interface KillSample {
  readonly service: KilledService;
  /** From the kill to the answer. */
  readonly answeredMs: number;
  /** Another worker has answered, or the client was told what nobody knows. */
  readonly verified: boolean;
}

export interface WorkerResult {
  readonly parameters: WorkerParameters;
  /** Answered by the foreign worker and by Correio itself. */
  readonly foreign: number;
  readonly own: number;
  readonly kills: readonly KillSample[];
}

const REQUESTS: Readonly<Record<KilledService, Buffer>> = {
  users: encodeRequest("users", {}),
  publish: encodeRequest("publish", { user: "user-0", channel: CHANNEL, message: "hello" }),
};

/** Undefined without pyzmq: the worker is one of its. */
export async function measureWorkers(
  parameters: WorkerParameters,
  { python }: MessagingTools,
): Promise<WorkerResult | undefined> {
  if (python === undefined) return undefined;
  await using stack = new AsyncDisposableStack();
  const node = await startMessagingNode();
  stack.defer(() => node.stop());
  await setUpServices(node.clients);
  const { foreign, own } = await measureShare(python, node, parameters.requests);
  const kills: KillSample[] = [];
  for (let kill = 0; kill < parameters.kills; kill++) {
    for (const service of KILLED_SERVICES) kills.push(await measureKill(python, node, service));
  }
  return { parameters, foreign, own, kills };
}

async function measureShare(python: string, node: MessagingNode, requests: number) {
  await using _worker = new Worker(python, node.workers);
  const client = await RequestClient.connect(node.clients);
  const isForeign = async (): Promise<boolean> => (await client.ask(REQUESTS.users))["served_by"] === "python";
  // It counts from its first answer on.
  while (!(await isForeign())) await Bun.sleep(1);
  const counts = { foreign: 0, own: 0 };
  for (let request = 0; request < requests; request++) counts[(await isForeign()) ? "foreign" : "own"]++;
  client.end();
  return counts;
}

async function measureKill(python: string, node: MessagingNode, service: KilledService): Promise<KillSample> {
  await using worker = new Worker(python, node.workers, "--hangs");
  const client = await RequestClient.connect(node.clients);
  const held = await untilHeld(worker, client, REQUESTS[service]);
  const killedMs = performance.now();
  worker.kill();
  const { status, users } = await held.reply;
  const answeredMs = performance.now() - killedMs;
  client.end();
  return { service, answeredMs, verified: service === "users" ? Array.isArray(users) : status === "erro" };
}

/** Asks until the worker has a request, and leaves that one open. */
async function untilHeld(worker: Worker, client: RequestClient, request: Buffer): Promise<{ reply: Promise<Fields> }> {
  for (;;) {
    const reply = client.ask(request);
    const first = await Promise.race([reply.then(() => "answered"), worker.holds.then(() => "held")]);
    if (first === "held") return { reply };
    await Bun.sleep(1);
  }
}

class Worker implements AsyncDisposable {
  /** Resolves when it says that it has a request; rejects when it is gone without. */
  readonly holds: Promise<void>;
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit">;

  constructor(python: string, port: number, ...words: readonly string[]) {
    this.#process = Bun.spawn(pythonCommand(python, "serve", `--port=${port}`, ...words), {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.holds = this.#hold();
    this.holds.catch(() => undefined);
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  async #hold(): Promise<void> {
    const { done } = await readLines(this.#process.stdout).next();
    if (done === true) throw new Error("The worker is gone");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#process.exited;
  }
}
