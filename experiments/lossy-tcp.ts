// How late are small messages over TCP when packets are lost? The kernel's own TCP, beside the relay's model of it.

import { parseArgs } from "node:util";

import { quantile } from "simple-statistics";

import { startTcpRelay } from "#runtime/testing/mod.ts";

import { parsePositive, runCommandLine } from "./lib/command-line.ts";
import { describeEnvironment, renderEnvironment } from "./lib/environment.ts";
import { type LossyLink, whyNoLossyLink, withLossyLink } from "./lib/lossy-link.ts";
import { conclude, type Conclusion, openResult, RESULT_FLAG } from "./lib/result.ts";
import { askEcho, type Manner, MESSAGE_BYTES, serveEcho } from "./lib/round-trips.ts";
import { renderTable } from "./lib/table.ts";

export interface LossyTcpRow {
  readonly network: "kernel" | "relay";
  readonly manner: Manner;
  readonly loss: number;
  /** Of each message, in milliseconds. */
  readonly tookMs: readonly number[];
}

const SEED = 7;
const MANNERS: readonly Manner[] = ["alone", "paced"];
const defaultLosses = [0, 0.01, 0.05];
const defaultMessages = 1_000;
const congestionControl = "cubic";

/** The kernel's rows are left out where no lossy link can be made. */
export async function runLossyTcp(losses: readonly number[], count: number): Promise<readonly LossyTcpRow[]> {
  const rows: LossyTcpRow[] = [];
  const hasLinks = whyNoLossyLink() === undefined;
  for (const loss of losses) {
    for (const manner of MANNERS) {
      const kernelMs = hasLinks ? await askThroughKernel(loss, manner, count) : undefined;
      if (kernelMs !== undefined) rows.push({ network: "kernel", manner, loss, tookMs: kernelMs });
      rows.push({ network: "relay", manner, loss, tookMs: await askThroughRelay(loss, manner, count) });
    }
  }
  return rows;
}

async function askThroughKernel(loss: number, manner: Manner, count: number): Promise<number[]> {
  return await withLossyLink({ loss, congestionControl }, async ({ server, client }: LossyLink) => {
    await using serving = start(server.command(self("serve")));
    const port = Number(await nextLine(serving.stdout));
    await using asking = start(client.command(self("ask", server.address, String(port), manner, String(count))));
    return JSON.parse(await asking.stdout.text()) as number[];
  });
}

/** The relay runs here, the client and the server in processes of their own, as on the kernel's link. */
async function askThroughRelay(loss: number, manner: Manner, count: number): Promise<number[]> {
  await using serving = start(self("serve"));
  const port = Number(await nextLine(serving.stdout));
  const relay = await startTcpRelay({ target: { port }, faults: { loss }, seed: SEED });
  await using asking = start(self("ask", "127.0.0.1", String(relay.port), manner, String(count)));
  const tookMs = JSON.parse(await asking.stdout.text()) as number[];
  relay.stop();
  return tookMs;
}

function self(...words: string[]): readonly string[] {
  return [process.execPath, import.meta.filename, ...words];
}

function start(words: readonly string[]) {
  return Bun.spawn([...words], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
}

async function nextLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value).trim();
}

export function renderLossyTcp(rows: readonly LossyTcpRow[]): string {
  const cells = rows.map(({ network, manner, loss, tookMs }) => [
    network,
    manner,
    `${loss * 100} %`,
    ...[0.5, 0.9, 0.95, 0.99, 1].map((share) => quantile([...tookMs], share).toFixed(1)),
  ]);
  return renderTable([["network", "messages", "loss", "p50 ms", "p90", "p95", "p99", "max"], ...cells]);
}

/** Of the greatest loss. */
function concludeLossyTcp(rows: readonly LossyTcpRow[]): Conclusion {
  const greatest = Math.max(...rows.map(({ loss }) => loss));
  const figures = rows
    .filter(({ loss }) => loss === greatest)
    .map(({ network, manner, tookMs }) => {
      const [p50 = 0, p99 = 0] = quantile([...tookMs], [0.5, 0.99]);
      return `${network}, ${manner}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms`;
    });
  return conclude([], [`${greatest * 100} % lost: ${figures.join("; ")}`]);
}

const help = `bun experiments/lossy-tcp.ts: TCP under loss, the kernel's own (${congestionControl}) beside the model

Messages of ${MESSAGE_BYTES} bytes and their echoes over one connection: "alone", each after the echo of the last one,
and "paced", one every 5 ms. Loss is the same each way. The kernel's rows need root, iproute2 and nftables.

  --losses LIST   from 0 to 1 (${defaultLosses.join(",")})
  --messages N    of each run (${defaultMessages})
  --result FILE   the result in short, as in experiments/results/
  --help`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      losses: { type: "string" },
      messages: { type: "string" },
      ...RESULT_FLAG,
      help: { type: "boolean", default: false },
    },
  });
  const [role, hostname = "", port = "", manner = "alone", count = "1"] = positionals;
  if (values.help) return console.log(help);
  if (role === "serve") return console.log(serveEcho());
  if (role === "ask") {
    console.log(JSON.stringify(await askEcho(hostname, Number(port), manner as Manner, Number(count))));
    return process.exit(0);
  }
  const saveResult = openResult(values.result);
  const environment = describeEnvironment();
  const losses = values.losses?.split(",").map(parseLoss) ?? defaultLosses;
  const rows = await runLossyTcp(losses, parsePositive(values.messages ?? defaultMessages));
  console.log(`${renderEnvironment(environment)}\n\n${renderLossyTcp(rows)}`);
  const why = whyNoLossyLink();
  if (why !== undefined) console.log(`\nMISSING: the kernel's rows: ${why}`);
  saveResult(environment, concludeLossyTcp(rows));
}

function parseLoss(word: string): number {
  const loss = Number(word);
  if (word !== "" && loss >= 0 && loss < 1) return loss;
  throw new TypeError(`Cannot use a loss of "${word}": it must be a number from 0 to less than 1`);
}

if (import.meta.main) await runCommandLine(main);
