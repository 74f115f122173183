// Spoofed datagrams: tens of thousands a second from forged addresses. Does the server keep anything, and who gets in?

import { join, resolve } from "node:path";

import { quantileSorted } from "simple-statistics";

import { DatagramClient } from "#runtime/net/datagram-client.ts";

import { type ChatServer, startCorreioChat } from "./chat-servers.ts";
import { findTool } from "./implementations.ts";
import { cpuSecondsOf, residentBytesOf, waitUntilQuiet } from "./process-facts.ts";
import { createWorkspace, type Program, startProgram, type Workspace } from "./program.ts";

export const spoofKinds = ["hello", "text"] as const;
export type SpoofKind = (typeof spoofKinds)[number];

export interface SpoofParameters {
  readonly kinds: readonly SpoofKind[];
  readonly perSecond: number;
  /** Each in turn: without forged datagrams, and with them. */
  readonly pairs: number;
  readonly phaseMs: number;
}

/** Honest clients, one after the other: each connects, says who it is, joins, says something and leaves. */
export interface SpoofPhase {
  readonly joined: number;
  readonly failed: number;
  readonly joinP50Ms: number;
  readonly joinMaxMs: number;
  readonly talkP50Ms: number;
  readonly talkMaxMs: number;
  readonly serverCpuShare: number;
  /** Connections that the server had at most, honest ones included. */
  readonly connectionsMax: number;
}

export interface SpoofSample {
  readonly kind: SpoofKind;
  readonly quiet: SpoofPhase;
  readonly spoofed: SpoofPhase;
  readonly sentPerSecond: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface SpoofResult {
  readonly parameters: SpoofParameters;
  /** Why there is nothing. */
  readonly skipped?: string;
  readonly samples: readonly SpoofSample[];
}

interface Bench {
  readonly server: ChatServer;
  readonly workspace: Workspace;
  readonly python: string;
  readonly parameters: SpoofParameters;
  /** Ids of those who are gone stay reserved for a while. */
  readonly ids: { next: number };
}

const spoofer = resolve(import.meta.dirname, "../baselines/spoof.py");
const honestPauseMs = 50;
const replyTimeoutMs = 5_000;
const restMs = 300;

export async function measureSpoofed(
  parameters: SpoofParameters,
  searchPath: string | undefined = Bun.env.PATH,
): Promise<SpoofResult> {
  const python = findTool("python3", searchPath);
  if (python === undefined) return { parameters, skipped: "python3 is not installed", samples: [] };
  const workspace = createWorkspace();
  const server = await startCorreioChat();
  const bench = { server, workspace, python, parameters, ids: { next: 0 } };
  const samples: SpoofSample[] = [];
  try {
    await measurePhase(bench);
    for (const kind of parameters.kinds) {
      for (let pair = 0; pair < parameters.pairs; pair++) {
        const sample = await measurePair(bench, kind);
        if (sample === undefined) return { parameters, skipped: "raw sockets are not allowed here", samples };
        samples.push(sample);
      }
    }
    return { parameters, samples };
  } finally {
    await server.stop();
    workspace.remove();
  }
}

/** Undefined where addresses cannot be forged. */
async function measurePair(bench: Bench, kind: SpoofKind): Promise<SpoofSample | undefined> {
  const { pid } = bench.server;
  const quiet = await measurePhase(bench);
  await waitUntilQuiet(pid, restMs);
  const bytesBefore = residentBytesOf(pid);
  const program = await startSpoofer(bench, kind);
  try {
    if (program.output().includes("refused")) return undefined;
    const spoofed = await measurePhase(bench);
    await program.stop();
    await waitUntilQuiet(pid, restMs);
    const [, sent, seconds] = /^sent (\d+) in ([\d.]+)$/m.exec(program.output()) ?? [];
    const sentPerSecond = Number(sent) / Number(seconds);
    return { kind, quiet, spoofed, sentPerSecond, bytesBefore, bytesAfter: residentBytesOf(pid) };
  } finally {
    await program.stop();
  }
}

async function measurePhase({ server, parameters, ids }: Bench): Promise<SpoofPhase> {
  const [joinMs, talkMs]: [number[], number[]] = [[], []];
  const seen = { failed: 0, connectionsMax: 0 };
  const cpuBefore = cpuSecondsOf(server.pid);
  const startedMs = performance.now();
  while (performance.now() - startedMs < parameters.phaseMs) {
    try {
      const honest = await honestVisit(server.udpPort, `honest${ids.next++}`);
      joinMs.push(honest.joinMs);
      talkMs.push(honest.talkMs);
    } catch {
      seen.failed++;
    }
    seen.connectionsMax = Math.max(seen.connectionsMax, await server.openConnections());
    await Bun.sleep(honestPauseMs);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const [joins, talks] = [joinMs, talkMs].map((times) => times.toSorted((one, other) => one - other));
  return {
    joined: joinMs.length,
    ...seen,
    joinP50Ms: at(joins!, 0.5),
    joinMaxMs: at(joins!, 1),
    talkP50Ms: at(talks!, 0.5),
    talkMaxMs: at(talks!, 1),
    serverCpuShare: (cpuSecondsOf(server.pid) - cpuBefore) / seconds,
  };
}

function at(sorted: readonly number[], share: number): number {
  return sorted.length === 0 ? Number.NaN : quantileSorted([...sorted], share);
}

/** How long from the first packet until it was in the room, and then from a message to its acknowledgement. */
async function honestVisit(port: number, id: string): Promise<{ joinMs: number; talkMs: number }> {
  const awaited = { begins: "JOIN:", found: Promise.withResolvers<void>() };
  const startedMs = performance.now();
  const client = await DatagramClient.connect({
    address: "127.0.0.1",
    port,
    profile: { local: true, quick: false },
    timeoutMs: replyTimeoutMs,
    received: (text) => void (text.startsWith(awaited.begins) && awaited.found.resolve()),
    ended: () => awaited.found.reject(new Error("The server ended the connection")),
  });
  const timeout = setTimeout(() => awaited.found.reject(new Error("No reply")), replyTimeoutMs);
  try {
    client.send(`HELLO ${id}`);
    client.send("JOIN lobby");
    await awaited.found.promise;
    const joinedMs = performance.now();
    Object.assign(awaited, { begins: "SAY:", found: Promise.withResolvers<void>() });
    client.send("SAY lobby still here");
    await awaited.found.promise;
    return { joinMs: joinedMs - startedMs, talkMs: performance.now() - joinedMs };
  } finally {
    clearTimeout(timeout);
    awaited.found.promise.catch(() => undefined);
    client.send("EXIT");
    client.finish();
  }
}

function startSpoofer({ server, workspace, python, parameters }: Bench, kind: SpoofKind): Promise<Program> {
  const flags = [`--port=${server.udpPort}`, `--rate=${parameters.perSecond}`, `--kind=${kind}`];
  return startProgram({
    command: [python, spoofer, ...flags],
    logFile: join(workspace.folder, `spoofer-${crypto.randomUUID()}.log`),
    ready: /^(?:flooding|refused) (\d+)$/m,
    startTimeoutMs: 20_000,
  });
}
