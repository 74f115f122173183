// Two network namespaces with packets carried between them late, and some never: the kernel's own TCP on a long way.

import { existsSync } from "node:fs";
import { join } from "node:path";

import { readLines } from "./lines-of.ts";

export interface DelayedLinkOptions {
  /** Of each packet, each way. */
  readonly delayMs: number;
  readonly seed: number;
}

export interface LinkCount {
  /** IPv4 packets, and their octets from the IP header on, as they were sent; `lost` of them never arrived. */
  readonly packets: number;
  readonly octets: number;
  readonly lost: number;
}

export interface DelayedLink {
  readonly serverAddress: string;
  /** The same command, run at that end of the link. */
  onServer(words: readonly string[]): readonly string[];
  onClient(words: readonly string[]): readonly string[];
  /** How likely each packet is lost from now on: from the client, and to it. */
  lose(up: number, down: number): Promise<void>;
  count(): Promise<{ readonly up: LinkCount; readonly down: LinkCount }>;
  /** Removes both namespaces and the link. Programs that run there are the caller's to end before. */
  stop(): Promise<void>;
}

const CARRIER = join(import.meta.dirname, "delayed_link.py");
const ADDRESSES = { server: "10.213.8.1", client: "10.213.8.2" } as const;
const SIDES = ["client", "server"] as const;
type Side = (typeof SIDES)[number];

/** Why no link can be made here; undefined when it can. It tries. */
export async function whyNoDelayedLink(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "network namespaces need Linux and root";
  const missing = ["ip", "python3"].filter((program) => Bun.which(program) === null);
  if (missing.length > 0) return `${missing.join(" and ")} must be installed`;
  if (!existsSync("/dev/net/tun")) return "/dev/net/tun is not there";
  try {
    await (await startDelayedLink({ delayMs: 0, seed: 1 })).stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One at a time in a process. Throws an `Error` that says which command failed, and leaves nothing then. */
export async function startDelayedLink({ delayMs, seed }: DelayedLinkOptions): Promise<DelayedLink> {
  removeLeftovers();
  const words = ["python3", CARRIER, deviceOf("client"), deviceOf("server"), String(delayMs), String(seed)];
  const carrier = Bun.spawn(words, { stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  const answers = readLines(carrier.stdout);
  const ask = async (line: string): Promise<string> => {
    carrier.stdin.write(`${line}\n`);
    await carrier.stdin.flush();
    return (await answers.next()).value ?? "";
  };
  const stop = async (): Promise<void> => {
    process.off("exit", removeNamespaces);
    await carrier.stdin.end();
    carrier.kill();
    await carrier.exited;
    removeNamespaces();
  };
  process.on("exit", removeNamespaces);
  try {
    if ((await answers.next()).value !== "ready") throw new Error(await carrier.stderr.text());
    for (const side of SIDES) setUp(side);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    serverAddress: ADDRESSES.server,
    onServer: (command) => inside("server", command),
    onClient: (command) => inside("client", command),
    lose: async (up, down) => void (await ask(`loss ${up} ${down}`)),
    count: async () => JSON.parse(await ask("count")) as { up: LinkCount; down: LinkCount },
    stop,
  };
}

/** The device is made outside, where the carrier holds it, and then moved; the other end is its peer. */
function setUp(side: Side): void {
  const [device, namespace] = [deviceOf(side), namespaceOf(side)];
  const peer = ADDRESSES[side === "client" ? "server" : "client"];
  run(["ip", "netns", "add", namespace]);
  run(["ip", "link", "set", "dev", device, "netns", namespace]);
  run(["ip", "-n", namespace, "address", "add", ADDRESSES[side], "peer", peer, "dev", device]);
  run(["ip", "-n", namespace, "link", "set", "dev", device, "mtu", "1500", "txqueuelen", "10000", "up"]);
  run(["ip", "-n", namespace, "link", "set", "dev", "lo", "up"]);
}

function inside(side: Side, words: readonly string[]): readonly string[] {
  return ["ip", "netns", "exec", namespaceOf(side), ...words];
}

const namespaceOf = (side: Side): string => `correio-way-${process.pid}-${side}`;
const deviceOf = (side: Side): string => `cw${process.pid}${side[0]}`;

function removeNamespaces(): void {
  for (const side of SIDES) tryRun(["ip", "netns", "del", namespaceOf(side)]);
}

/** Of a process that was killed. */
function removeLeftovers(): void {
  for (const line of run(["ip", "netns", "list"]).split("\n")) {
    const [name = "", pid] = /^correio-way-(\d+)-\w+/.exec(line) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) tryRun(["ip", "netns", "del", name]);
  }
}

function run(words: readonly string[]): string {
  const { success, stdout, stderr } = tryRun(words);
  if (success) return stdout.toString();
  throw new Error(`Cannot run ${words.join(" ")}: ${stderr.toString().trim()}`);
}

function tryRun(words: readonly string[]) {
  return Bun.spawnSync([...words], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}
