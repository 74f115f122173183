// The network of an experiment, counted packet by packet as the kernel passes them, in a namespace of its own.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { readLines } from "./lines-of.ts";

/** One way of a connection, from its first packet on. */
export interface WayCount {
  readonly packets: number;
  /** From the IP header on. */
  readonly octets: number;
  /** Of TCP, without headers; `again` more were sent twice. */
  readonly payload: number;
  readonly again: number;
  /** TLS: records of type 23, their octets without the five of each header, and those among them that are alerts. */
  readonly records: number;
  readonly recordOctets: number;
  readonly alerts: number;
  /** How long the first sixteen of those records were. */
  readonly firstRecords: readonly number[];
}

/** `up` goes to whoever listened. */
export interface ConnectionCount {
  readonly client: number;
  readonly server: number;
  readonly up: WayCount;
  readonly down: WayCount;
  /** Number of the step, payload up, payload down; steps without any are left out. */
  readonly steps: readonly (readonly [number, number, number])[];
}

export interface NetworkCount {
  /** Unix time at which the first step began. */
  readonly startedMs: number;
  readonly stepMs: number;
  readonly packets: number;
  readonly octets: number;
  /** Packets that the counter was too slow for: with any, the count is none. */
  readonly dropped: number;
  /** What counting has cost. */
  readonly cpuSeconds: number;
  readonly connections: readonly ConnectionCount[];
}

/** Whether it is the connection with these two ports, whoever listened. */
export function isConnectionOf(
  { client, server }: ConnectionCount,
  { localPort, remotePort }: { readonly localPort: number; readonly remotePort: number },
): boolean {
  return (client === localPort && server === remotePort) || (client === remotePort && server === localPort);
}

export interface NetworkCounter {
  count(): Promise<NetworkCount>;
  stop(): Promise<void>;
}

const PROGRAM = join(import.meta.dirname, "packet_counter.py");

/** Why packets cannot be counted here; undefined when they can. It tries. */
export async function whyNoNetworkCounter(): Promise<string | undefined> {
  return whyNotInstalled(["python3"]) ?? whyNoOwnNetwork();
}

/** Why a command cannot have a network of its own here; undefined when it can. It tries. */
export function whyNoOwnNetwork(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "a network of its own needs Linux and root";
  const missing = whyNotInstalled(["unshare", "ip"]);
  if (missing !== undefined) return missing;
  const tried = Bun.spawnSync([...inOwnNetwork(["true"])], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  return tried.success ? undefined : `there can be no network namespace: ${tried.stderr.toString().trim()}`;
}

function whyNotInstalled(programs: readonly string[]): string | undefined {
  const missing = programs.filter((program) => Bun.which(program) === null);
  return missing.length === 0 ? undefined : `${missing.join(" and ")} must be installed`;
}

/** The same command in a network that holds nothing but a loopback of its own, and ends with it. */
export function inOwnNetwork(words: readonly string[]): readonly string[] {
  return ["unshare", "--net", "sh", "-c", 'ip link set dev lo up && exec "$@"', "sh", ...words];
}

/** Octets of IP, with headers, that have come to this process's own network so far: on a loopback all there were. */
export function networkOctets(): number {
  const [names = "", values = ""] = readFileSync("/proc/self/net/netstat", "latin1").match(/^IpExt:.*$/gm) ?? [];
  return Number(values.split(" ")[names.split(" ").indexOf("InOctets")]);
}

/** Counts what begins from now on, of this process's own network. Throws an `Error` with what the counter said. */
export async function startNetworkCounter(stepMs: number): Promise<NetworkCounter> {
  const counter = Bun.spawn(["python3", PROGRAM, String(stepMs)], { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  const answers = readLines(counter.stdout);
  if ((await answers.next()).value !== "ready") {
    throw new Error(`Cannot count packets: ${(await counter.stderr.text()).trim()}`);
  }
  return {
    async count() {
      counter.stdin.write("count\n");
      await counter.stdin.flush();
      const answer = (await answers.next()).value;
      if (answer === undefined) throw new Error(`The packet counter is gone: ${(await counter.stderr.text()).trim()}`);
      return JSON.parse(answer) as NetworkCount;
    },
    async stop() {
      await counter.stdin.end();
      counter.kill();
      await counter.exited;
    },
  };
}
