// Clients with the real services and no sockets: what is on its way can be lost, and time stands still.
import type { MessagingNode } from "#actors/messaging/test-desk.ts";

import type { Action, Happening, Machine } from "../machine/actions.ts";

/** Rounds after which clients that never come to rest are a bug. */
const ROUNDS_MAX = 1_000;

interface Wire {
  readonly topics: Set<string>;
  /** Publications that were there before, or have been handed over, or lost. */
  taken: number;
  /** To the server, and from it, in their order. */
  readonly requests: string[];
  readonly lines: string[];
}

export class TestClient {
  readonly machine: Machine;
  readonly printed: string[] = [];
  exitCode: number | undefined;
  /** Requests, as they left. */
  readonly asked: { readonly service: string; readonly data: Readonly<Record<string, unknown>> }[] = [];
  /** Nothing answers: what is opened from now on does not open. */
  isBlocked = false;
  #node: MessagingNode;
  #wire: Wire | undefined;
  #isOpening = false;

  constructor(node: MessagingNode, createMachine: (node: MessagingNode) => Machine) {
    this.#node = node;
    this.machine = createMachine(node);
    this.happen({ kind: "woken" });
  }

  get topics(): readonly string[] {
    return [...(this.#wire?.topics ?? [])];
  }

  happen(happening: Happening): void {
    if (this.exitCode !== undefined) return;
    for (const action of this.machine.take(happening)) this.#act(action);
  }

  type(...lines: readonly string[]): void {
    for (const line of lines) this.happen({ kind: "typed", line });
  }

  /** What the server sends, whatever it is. */
  receive(line: string): void {
    this.happen({ kind: "received", link: "main", line });
  }

  /** Both ends know. What was under way is gone: publications, requests, replies. */
  cut(): void {
    if (this.#wire === undefined) return;
    this.#wire = undefined;
    this.happen({ kind: "lost", link: "main", reason: "conexão encerrada" });
  }

  /** Publications that wait are dropped: a subscriber that reads slowly. */
  missPublications(): void {
    if (this.#wire !== undefined) this.#wire.taken = this.#node.published.length;
  }

  /** What is opened from now on leads to another server. */
  moveTo(node: MessagingNode): void {
    this.#node = node;
    this.cut();
  }

  /** Requests that wait are served; their replies wait. True where there were some. */
  async serve(): Promise<boolean> {
    const { requests = [], lines = [] } = this.#wire ?? {};
    const served = requests.splice(0);
    for (const request of served) lines.push(JSON.stringify(await this.#node.send(JSON.parse(request))));
    return served.length > 0;
  }

  /** Opens what was to be opened, and hands over what has come. True when something happened. */
  goOn(): boolean {
    const opens = this.#isOpening && !this.isBlocked;
    if (opens) this.#open();
    const wire = this.#wire;
    if (wire === undefined) return false;
    const fresh = this.#node.published.slice(wire.taken);
    wire.taken = this.#node.published.length;
    const heard = fresh.filter((text) => [...wire.topics].some((topic) => text.startsWith(topic)));
    const lines = [...heard, ...wire.lines.splice(0)];
    for (const line of lines) this.receive(line);
    return opens || lines.length > 0;
  }

  #open(): void {
    this.#isOpening = false;
    this.#wire = { topics: new Set(), taken: this.#node.published.length, requests: [], lines: [] };
    this.happen({ kind: "opened", link: "main" });
  }

  #act(action: Action): void {
    if (action.kind === "print") this.printed.push(action.text);
    else if (action.kind === "finish") this.exitCode = action.exitCode;
    else if (action.kind === "send") this.#send(action.line);
    else this.#isOpening = action.kind === "open";
  }

  #send(line: string): void {
    const topic = line.slice(1);
    if (line.startsWith("-")) return void this.#wire?.topics.delete(topic);
    if (!line.startsWith("+")) {
      this.asked.push(JSON.parse(line));
      return void this.#wire?.requests.push(line);
    }
    this.#wire?.topics.add(topic);
    if (topic.startsWith("@ack")) this.#wire?.lines.push(topic);
  }
}

/** Until nobody has anything to say now; no time passes. */
export async function settle(node: MessagingNode, ...clients: readonly TestClient[]): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const moved: boolean[] = [];
    for (const client of clients) moved.push(await client.serve(), client.goOn());
    await node.stepped.clock.settle();
    if (!moved.includes(true)) return;
  }
  throw new Error(`Not at rest after ${ROUNDS_MAX} rounds`);
}

/** Lets each client wait until it wants to be woken, if it ever does, and wakes it. */
export async function wait(node: MessagingNode, ...clients: readonly TestClient[]): Promise<void> {
  const { clock } = node.stepped;
  for (const client of clients) {
    const { wakeAtMs } = client.machine;
    if (wakeAtMs === Number.POSITIVE_INFINITY) continue;
    await clock.advance(Math.max(0, wakeAtMs - clock.monotonicMs()));
    client.happen({ kind: "woken" });
  }
  await settle(node, ...clients);
}
