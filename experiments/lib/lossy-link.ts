// Two network namespaces with a link between them that drops packets at random: the kernel's own TCP under loss.

export interface LossyLinkOptions {
  /** How likely each packet is lost, each way, from 0 to 1. */
  readonly loss: number;
  /** TCP's congestion control on both sides, such as `cubic`; the kernel's own choice unless given. */
  readonly congestionControl?: string;
}

export interface LossySide {
  readonly address: string;
  /** The same command, run on this side of the link. */
  command(words: readonly string[]): readonly string[];
  /** Packets that were lost on their way here. */
  dropped(): number;
}

export interface LossyLink {
  readonly server: LossySide;
  readonly client: LossySide;
  /** Removes both namespaces and the link. Programs that run there are the caller's to end before. */
  stop(): void;
}

const ADDRESSES = { server: "10.213.7.1", client: "10.213.7.2" } as const;
const NETWORK = "10.213.7.0/24";
const MILLION = 1_000_000;

/** Why no link can be made here; undefined when it can. It tries. */
export function whyNoLossyLink(): string | undefined {
  if (process.platform !== "linux") return "network namespaces need Linux";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const missing = ["ip", "nft"].filter((program) => Bun.which(program) === null);
  if (missing.length > 0) return `${missing.join(" and ")} must be installed (packages iproute2 and nftables)`;
  try {
    startLossyLink({ loss: 0.5 }).stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Runs `use` with a link that is gone afterwards, however that ends. */
export async function withLossyLink<Result>(
  options: LossyLinkOptions,
  use: (link: LossyLink) => Promise<Result>,
): Promise<Result> {
  const link = startLossyLink(options);
  try {
    return await use(link);
  } finally {
    link.stop();
  }
}

/**
 * One at a time in a process. What is left of a process that was killed is removed by the next one. Throws an `Error`
 * that says which command failed, and leaves nothing then.
 */
export function startLossyLink(options: LossyLinkOptions): LossyLink {
  removeLeftovers();
  const namespaces = { server: namespaceOf("server"), client: namespaceOf("client") };
  if (listNamespaces().includes(namespaces.server)) throw new Error("Cannot make a link: this process has one");
  const stop = (): void => {
    process.off("exit", stop);
    for (const name of Object.values(namespaces)) tryRun(["ip", "netns", "del", name]);
  };
  process.on("exit", stop);
  try {
    for (const name of Object.values(namespaces)) run(["ip", "netns", "add", name]);
    const [serverEnd, clientEnd] = [linkEnd(namespaces.server), linkEnd(namespaces.client)];
    run(["ip", "link", "add", ...serverEnd, "type", "veth", "peer", ...clientEnd]);
    for (const side of ["server", "client"] as const) setUp(namespaces[side], ADDRESSES[side], options);
  } catch (error) {
    stop();
    throw error;
  }
  return { server: createSide("server"), client: createSide("client"), stop };
}

function createSide(side: keyof typeof ADDRESSES): LossySide {
  const namespace = namespaceOf(side);
  return {
    address: ADDRESSES[side],
    command: (words) => inside(namespace, words),
    dropped() {
      const rules = run(inside(namespace, ["nft", "list", "chain", "inet", "loss", "arriving"]));
      return Number(/counter packets (\d+)/.exec(rules)?.[1] ?? 0);
    },
  };
}

/**
 * Without `gso_max_segs 1` the kernel would hand over up to 64 KiB as one packet, and lose it as one. Congestion
 * control is set for the route, as a namespace may not make every one that the machine has its default.
 */
function setUp(namespace: string, address: string, { loss, congestionControl }: LossyLinkOptions): void {
  const rule = `iifname "link" numgen random mod ${MILLION} < ${Math.round(loss * MILLION)} counter drop`;
  const chain = `chain arriving {\n type filter hook input priority 0\n ${loss === 0 ? "" : rule}\n }`;
  run(inside(namespace, ["nft", "-f", "-"]), `table inet loss {\n ${chain}\n }\n`);
  run(["ip", "-n", namespace, "address", "add", `${address}/24`, "dev", "link"]);
  run(["ip", "-n", namespace, "link", "set", "dev", "link", "gso_max_segs", "1", "up"]);
  run(["ip", "-n", namespace, "link", "set", "dev", "lo", "up"]);
  if (congestionControl === undefined) return;
  const route = [NETWORK, "dev", "link", "src", address, "congctl", congestionControl];
  run(["ip", "-n", namespace, "route", "replace", ...route]);
}

function linkEnd(namespace: string): readonly string[] {
  return ["name", "link", "netns", namespace];
}

function inside(namespace: string, words: readonly string[]): readonly string[] {
  return ["ip", "netns", "exec", namespace, ...words];
}

function namespaceOf(side: keyof typeof ADDRESSES): string {
  return `correio-loss-${process.pid}-${side}`;
}

function removeLeftovers(): void {
  for (const name of listNamespaces()) {
    const [, pid] = /^correio-loss-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) tryRun(["ip", "netns", "del", name]);
  }
}

function listNamespaces(): readonly string[] {
  const lines = run(["ip", "netns", "list"]).split("\n");
  return lines.map((line) => line.split(" ", 1)[0] ?? "");
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What it wrote to stdout. */
function run(words: readonly string[], input = ""): string {
  const { success, stdout, stderr } = tryRun(words, input);
  if (success) return stdout.toString();
  throw new Error(`Cannot run ${words.join(" ")}: ${stderr.toString().trim()}`);
}

function tryRun(words: readonly string[], input = "") {
  return Bun.spawnSync([...words], { stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
}
