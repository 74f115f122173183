// Conversations with the real actors, without sockets: whatever is on its way can be lost, and time stands still.
import type { ChatNode } from "#actors/text/test-clients.ts";
import { createRandom } from "#runtime/base/random.ts";

import type { Action, Happening, LinkName } from "../machine/actions.ts";
import { Conversation, type ConversationOptions } from "./conversation.ts";

type ServerEnd = ReturnType<ChatNode["connect"]>;

interface Wire {
  readonly server: ServerEnd;
  /** Lines of the server that have been handed over. */
  taken: number;
  /** Nothing gets through any more, in either direction, and nobody is told. */
  isDead: boolean;
}

/** Rounds after which people who never stop talking are a bug. */
const ROUNDS_MAX = 1_000;

export class TestChatter {
  readonly id: string;
  readonly conversation: Conversation;
  readonly printed: string[] = [];
  exitCode: number | undefined;
  /** Every action, for a look at what happened; links opened and closed too. */
  readonly log: string[] = [];
  /** What is opened from now on does not open, and nobody says why. */
  readonly blocked = new Set<LinkName>();
  #node: ChatNode;
  readonly #wires = new Map<LinkName, Wire>();
  readonly #opening = new Set<LinkName>();

  constructor(node: ChatNode, options: Partial<ConversationOptions> & { readonly id: string }, seed = 1) {
    this.#node = node;
    this.id = options.id;
    const { clock } = node.stepped;
    this.conversation = new Conversation({ room: "lobby", isHybrid: false, ...options }, clock, createRandom(seed));
    this.happen({ kind: "woken" });
  }

  /** Messages shown, without their times. */
  get messages(): readonly string[] {
    return this.printed.flatMap((line) => /^\d\d:\d\d:\d\d (\S+ \d+ \S+: .*)$/.exec(line)?.slice(1) ?? []);
  }

  get acknowledgements(): number {
    return this.printed.filter((line) => line.endsWith(' : "ACK"')).length;
  }

  serverEnd(link: LinkName): ServerEnd | undefined {
    return this.#wires.get(link)?.server;
  }

  isOpen(link: LinkName): boolean {
    return this.#wires.has(link);
  }

  happen(happening: Happening): void {
    if (this.exitCode !== undefined) return;
    for (const action of this.conversation.take(happening)) this.#act(action);
  }

  type(...lines: readonly string[]): void {
    for (const line of lines) this.happen({ kind: "typed", line });
  }

  /** What is opened from now on leads to another server; time stays that of the first. */
  moveTo(node: ChatNode): void {
    this.#node = node;
  }

  async settleServer(): Promise<void> {
    await this.#node.stepped.clock.settle();
  }

  /** When it wants to be woken; never, once it has finished. */
  get wakeAtMs(): number {
    return this.exitCode === undefined ? this.conversation.wakeAtMs : Number.POSITIVE_INFINITY;
  }

  /** The link breaks, and both sides know. What the server sent and nobody has read is gone. */
  cut(link: LinkName, reason = "disconnect"): void {
    const wire = this.#wires.get(link);
    if (wire === undefined) return;
    this.#wires.delete(link);
    wire.server.connection.end(reason);
    this.happen({ kind: "lost", link, reason });
  }

  /** Nothing gets through from now on. Neither side knows before it misses something. */
  block(link: LinkName): void {
    this.blocked.add(link);
    const wire = this.#wires.get(link);
    if (wire !== undefined) wire.isDead = true;
  }

  unblock(link: LinkName): void {
    this.blocked.delete(link);
  }

  /** The client's end of a blocked link notices; and the server's. */
  noticeLoss(link: LinkName): void {
    if (!this.#wires.delete(link)) return;
    this.happen({ kind: "lost", link, reason: "silence" });
  }

  serverNoticesLoss(link: LinkName): void {
    this.#wires.get(link)?.server.connection.end("disconnect");
  }

  /** Opens what was to be opened, and hands over what the server has sent. True when something happened. */
  goOn(linesMax = Number.POSITIVE_INFINITY): boolean {
    const opening = [...this.#opening].filter((link) => !this.blocked.has(link));
    for (const link of opening) this.#connect(link);
    let handed = 0;
    for (const [link, wire] of this.#wires) {
      while (!wire.isDead && wire.taken < wire.server.lines.length && handed < linesMax) {
        handed++;
        this.happen({ kind: "received", link, line: (wire.server.lines[wire.taken++] ?? "").replace(/\n$/, "") });
      }
      if (wire.taken === wire.server.lines.length && !wire.isDead) this.#ended(link, wire);
    }
    return opening.length > 0 || handed > 0;
  }

  #ended(link: LinkName, wire: Wire): void {
    const { endReason } = wire.server.connection;
    if (endReason === undefined || this.#wires.get(link) !== wire) return;
    this.#wires.delete(link);
    this.happen({ kind: "lost", link, reason: endReason });
  }

  #act(action: Action): void {
    switch (action.kind) {
      case "open":
        this.log.push(`open ${action.link}`);
        this.#opening.add(action.link);
        return;
      case "close":
        return this.#close(action.link);
      case "send":
        this.log.push(`${action.link}: ${action.line.replace(/^#\S+ /, "")}`);
        return this.#send(action.link, action.line);
      case "print":
        this.printed.push(action.text);
        return;
      case "finish":
        this.exitCode = action.exitCode;
        for (const link of this.#wires.keys()) this.#close(link);
    }
  }

  #connect(link: LinkName): void {
    this.#opening.delete(link);
    if (!this.#node.stepped.up) return this.happen({ kind: "lost", link, reason: "ECONNREFUSED" });
    const server = this.#node.connect(link === "main" ? "text-session" : "datagram-session");
    this.#wires.set(link, { server, taken: 0, isDead: false });
    this.happen({ kind: "opened", link });
  }

  #close(link: LinkName): void {
    this.log.push(`close ${link}`);
    this.#opening.delete(link);
    const wire = this.#wires.get(link);
    this.#wires.delete(link);
    if (wire !== undefined && !wire.isDead) wire.server.connection.end("disconnect");
  }

  #send(link: LinkName, line: string): void {
    const wire = this.#wires.get(link);
    if (wire !== undefined && !wire.isDead) wire.server.connection.deliver(`${line}\n`);
  }
}

/** Until nobody has anything to say now; no time passes. */
export async function settle(node: ChatNode, ...chatters: readonly TestChatter[]): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await node.stepped.clock.settle();
    for (const chatter of chatters) await chatter.settleServer();
    const moved = chatters.map((chatter) => chatter.goOn());
    if (!moved.includes(true)) return;
  }
  throw new Error(`Still talking after ${ROUNDS_MAX} rounds`);
}

/** Lets time pass, in steps; whoever wants to be woken is. */
export async function pass(node: ChatNode, ms: number, ...chatters: readonly TestChatter[]): Promise<void> {
  const { clock } = node.stepped;
  const untilMs = clock.monotonicMs() + ms;
  await settle(node, ...chatters);
  while (true) {
    const nextMs = Math.min(...chatters.map(({ wakeAtMs }) => wakeAtMs));
    if (nextMs > untilMs) break;
    await clock.advance(Math.max(0, nextMs - clock.monotonicMs()));
    for (const chatter of chatters) {
      if (chatter.wakeAtMs <= clock.monotonicMs()) chatter.happen({ kind: "woken" });
    }
    await settle(node, ...chatters);
  }
  await clock.advance(untilMs - clock.monotonicMs());
  await settle(node, ...chatters);
}
