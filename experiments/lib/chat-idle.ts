// Idle accuracy: how long after its last octet a silent client is told that it is let go, less the time it was given.

import { quantileSorted } from "simple-statistics";

import { startCorreioChat } from "./chat-servers.ts";
import { cpuSecondsOf } from "./process-facts.ts";
import { openInTurn, TextClient } from "./text-client.ts";

export interface IdleAccuracyParameters {
  readonly connections: number;
  readonly idleMs: number;
  /** The last octets of all are sent within this time, evenly; 0 = all in one go. */
  readonly spreadsMs: readonly number[];
}

export interface IdleAccuracySample {
  readonly spreadMs: number;
  readonly connections: number;
  /** Milliseconds beyond the idle time; below 0 is too early. */
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The longest that this program itself was kept from looking: part of what it measured. */
  readonly clientLagMs: number;
  readonly serverCpuShare: number;
  /** Each was told once, and its connection closed after that. */
  readonly verified: boolean;
}

export interface IdleAccuracyResult {
  readonly parameters: IdleAccuracyParameters;
  readonly samples: readonly IdleAccuracySample[];
}

interface Silent {
  readonly client: TextClient;
  readonly end: { lastOctetMs: number; toldMs: number; told: number; echoes: number; closed: boolean };
}

const notice = "* ! idle_timeout ";
/** Beyond the idle time, for those that are told late. */
const graceMs = 5_000;
const lagLookMs = 5;

export async function measureIdleAccuracy(parameters: IdleAccuracyParameters): Promise<IdleAccuracyResult> {
  const server = await startCorreioChat({ CORREIO_IDLE_MS: String(parameters.idleMs) });
  try {
    const samples: IdleAccuracySample[] = [];
    for (const spreadMs of parameters.spreadsMs) samples.push(await measureSpread(server, spreadMs, parameters));
    return { parameters, samples };
  } finally {
    await server.stop();
  }
}

/** Connections that have said nothing are not idle yet: all are open before the first of them speaks. */
async function measureSpread(
  { port, pid }: { readonly port: number; readonly pid: number },
  spreadMs: number,
  { connections, idleMs }: IdleAccuracyParameters,
): Promise<IdleAccuracySample> {
  const silent = await openInTurn(connections, () => openSilent(port));
  const lag = watchLag();
  const cpuBefore = cpuSecondsOf(pid);
  const startedMs = performance.now();
  for (let sent = 0; sent < silent.length;) {
    const share = spreadMs === 0 ? 1 : (performance.now() - startedMs) / spreadMs;
    for (; sent < Math.min(silent.length, Math.ceil(share * silent.length)); sent++) speak(silent[sent]!);
    await Bun.sleep(1);
  }
  const deadlineMs = performance.now() + idleMs + graceMs;
  while (silent.some(({ end }) => !end.closed) && performance.now() < deadlineMs) await Bun.sleep(20);
  const serverCpuShare = (cpuSecondsOf(pid) - cpuBefore) / ((performance.now() - startedMs) / 1_000);
  const clientLagMs = lag.stop();
  for (const { client } of silent) client.reset();
  const late = silent.map(({ end }) => end.toldMs - end.lastOctetMs - idleMs).toSorted((one, other) => one - other);
  return {
    spreadMs,
    connections,
    min: late[0]!,
    p50: quantileSorted(late, 0.5),
    p99: quantileSorted(late, 0.99),
    max: late.at(-1)!,
    clientLagMs,
    serverCpuShare,
    verified: silent.every(({ end }) => end.told === 1 && end.echoes === 1 && end.closed),
  };
}

async function openSilent(port: number): Promise<Silent> {
  const end = { lastOctetMs: 0, toldMs: Number.POSITIVE_INFINITY, told: 0, echoes: 0, closed: false };
  const client = await TextClient.open({
    port,
    closed: () => (end.closed = true),
    line(line, atMs) {
      if (line.startsWith("ECHO: ")) end.echoes++;
      if (!line.startsWith(notice)) return;
      end.told++;
      end.toldMs = atMs;
    },
  });
  return { client, end };
}

function speak({ client, end }: Silent): void {
  end.lastOctetMs = performance.now();
  client.write("ECHO\n");
}

/** The longest time over the asked one that a timer of this program took. */
function watchLag(): { stop(): number } {
  const seen = { atMs: performance.now(), worstMs: 0 };
  const timer = setInterval(() => {
    const nowMs = performance.now();
    seen.worstMs = Math.max(seen.worstMs, nowMs - seen.atMs - lagLookMs);
    seen.atMs = nowMs;
  }, lagLookMs);
  return {
    stop() {
      clearInterval(timer);
      return seen.worstMs;
    },
  };
}
