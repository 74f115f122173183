// Fan-out: how many lines a second reach the members of one room, beside a raw program and a Go chat, in turn.

import { join } from "node:path";

import type { CrowdNews, CrowdOrder, CrowdRun } from "./chat-crowd.ts";
import {
  type ChatServer,
  type ChatServerName,
  type MissingChatServer,
  startChatServers,
  stopChatServers,
} from "./chat-servers.ts";
import { cpuSecondsOf } from "./process-facts.ts";

export interface FanOutParameters {
  readonly rounds: number;
  readonly members: number;
  readonly senders: number;
  readonly window: number;
  readonly messages: number;
  readonly textBytes: number;
  readonly only: readonly ChatServerName[];
}

export interface FanOutSample {
  readonly name: ChatServerName;
  readonly deliveriesPerSecond: number;
  readonly messagesPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly serverCpuShare: number;
  readonly crowdCpuShare: number;
  /** Every member was told every message once and in order, and each was acknowledged. */
  readonly verified: boolean;
}

export interface FanOutResult {
  readonly parameters: FanOutParameters;
  readonly missing: readonly MissingChatServer[];
  readonly samples: readonly FanOutSample[];
}

/** Of the messages of a run: those of the first, which is not counted. */
const warmUpShare = 0.5;
/** Part of the messages it is given: who writes each line alone must not make the run long. */
const messageShare: Readonly<Record<ChatServerName, number>> = { correio: 1, raw: 0.2, go: 1 };

export async function measureFanOut(
  parameters: FanOutParameters,
  searchPath: string | undefined,
): Promise<FanOutResult> {
  const { servers, missing } = await startChatServers(parameters.only, "chat", searchPath);
  const crowds: CrowdLink[] = [];
  const samples: FanOutSample[] = [];
  try {
    for (const server of servers) crowds.push(await CrowdLink.start(server, parameters));
    for (const crowd of crowds) await crowd.talk(messagesFor(crowd, parameters) * warmUpShare);
    for (let round = 0; round < parameters.rounds; round++) {
      for (const crowd of crowds) samples.push(await measureRun(crowd, parameters));
    }
    return { parameters, missing, samples };
  } finally {
    for (const crowd of crowds) crowd.stop();
    await stopChatServers(servers);
  }
}

async function measureRun(crowd: CrowdLink, parameters: FanOutParameters): Promise<FanOutSample> {
  const cpuBefore = cpuSecondsOf(crowd.server.pid);
  const run = await crowd.talk(messagesFor(crowd, parameters));
  const cpuSeconds = cpuSecondsOf(crowd.server.pid) - cpuBefore;
  const isWhole = run.deliveries === run.messages * parameters.members && run.acknowledged === run.messages;
  return {
    name: crowd.server.name,
    deliveriesPerSecond: run.deliveries / run.seconds,
    messagesPerSecond: run.messages / run.seconds,
    megabytesPerSecond: run.octets / run.seconds / 1_000_000,
    serverCpuShare: cpuSeconds / run.seconds,
    crowdCpuShare: run.cpuShare,
    verified: isWhole && run.wrong === 0,
  };
}

function messagesFor({ server }: CrowdLink, { messages }: FanOutParameters): number {
  return Math.ceil(messages * messageShare[server.name]);
}

/** The members of one server's room, in a process of their own. */
class CrowdLink {
  readonly server: ChatServer;
  readonly #child: Bun.Subprocess;
  #next = Promise.withResolvers<CrowdNews>();

  private constructor(server: ChatServer, parameters: FanOutParameters) {
    this.server = server;
    const { members, senders, window, textBytes } = parameters;
    const flags = { port: server.port, members, senders: Math.min(senders, members), window, "text-bytes": textBytes };
    const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    this.#child = Bun.spawn([process.execPath, join(import.meta.dirname, "chat-crowd.ts"), ...words], {
      stdout: "inherit",
      stderr: "inherit",
      ipc: (news: CrowdNews) => this.#next.resolve(news),
      onExit: (_, code) => this.#next.resolve({ kind: "failed", why: `the crowd ended with ${code}` }),
    });
  }

  /** Resolves when all its members are in the room. */
  static async start(server: ChatServer, parameters: FanOutParameters): Promise<CrowdLink> {
    const crowd = new CrowdLink(server, parameters);
    await crowd.#news();
    return crowd;
  }

  async talk(messages: number): Promise<CrowdRun> {
    this.#child.send({ kind: "talk", messages: Math.ceil(messages) } satisfies CrowdOrder);
    const news = await this.#news();
    if (news.kind !== "told") throw new Error("The crowd did not say what it was told");
    return news.run;
  }

  stop(): void {
    this.#child.kill("SIGTERM");
  }

  async #news(): Promise<CrowdNews> {
    const news = await this.#next.promise;
    this.#next = Promise.withResolvers<CrowdNews>();
    if (news.kind === "failed") throw new Error(`Cannot measure the room of ${this.server.name}: ${news.why}`);
    return news;
  }
}
