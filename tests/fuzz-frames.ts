// Mutated frames over real sockets, and what must come back: `bun tests/fuzz-frames.ts --count 1000000 --seed 7`.
import { parseArgs } from "node:util";

import { eventually } from "./lib/eventually.ts";
import { closeFrame, request } from "./lib/frames.ts";
import { type FuzzedStream, fuzzedStream } from "./lib/fuzzed-stream.ts";
import { liveBytes } from "./lib/live-memory.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const CLIENTS = 32;

export interface FuzzOptions {
  /** Frames to be sent, at least. */
  readonly count: number;
  readonly seed: number;
  /** Number of the first connection; with `count` 1 it alone is replayed. */
  readonly from?: number;
}

export interface FuzzReport {
  readonly frames: number;
  readonly connections: number;
  readonly replies: number;
  /** Growth of live memory from the first tenth of the frames to the end. */
  readonly grownBytes: number;
  /** Ends by reason, as the server counted them. */
  readonly ends: Readonly<Record<string, number>>;
}

/** Throws at the first promise that the node breaks, naming the seed and the connection that show it. */
export async function fuzzFrames(node: TestNode, options: FuzzOptions): Promise<FuzzReport> {
  const { count, seed } = options;
  const first = options.from ?? 0;
  const sent = { frames: 0, connections: 0, replies: 0, resets: 0, settledBytes: 0 };
  const wanted = new Map<string, number>();
  async function sendInTurn(): Promise<void> {
    while (sent.frames < count) {
      const number = first + sent.connections++;
      const stream = fuzzedStream(seed, number);
      sent.frames += stream.frames;
      const replies = await replay(node, stream, `seed ${seed}, connection ${number}`);
      sent.replies += replies;
      if (stream.reset) sent.resets++;
      else wanted.set(stream.expected.reason, (wanted.get(stream.expected.reason) ?? 0) + 1);
      if (sent.settledBytes === 0 && sent.frames >= count / 10) sent.settledBytes = liveBytes();
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, sendInTurn));
  const ends = await checkCounts(node, sent.connections, wanted, sent.resets);
  await checkItAnswers(node);
  const { frames, connections, replies } = sent;
  return { frames, connections, replies, grownBytes: liveBytes() - sent.settledBytes, ends };
}

/** Sends one stream; the number of replies must be what a plain reading of it says. */
async function replay(node: TestNode, stream: FuzzedStream, name: string): Promise<number> {
  const { pieces, reset, expected } = stream;
  const client = await WireClient.connect(node.port);
  for (const [index, piece] of pieces.entries()) {
    client.send(piece);
    if (index % 16 === 3) await new Promise((resolve) => void setImmediate(resolve));
  }
  if (reset) client.reset();
  else client.finish();
  try {
    await client.loses();
  } catch {
    throw new Error(`Fuzz: ${name}: the server did not end the connection; ${expected.reason} was due`);
  }
  client.close();
  const heard = client.replies.length;
  const right = reset ? heard <= expected.replies : heard === expected.replies && client.partialBytes === 0;
  if (client.broken !== undefined) throw new Error(`Fuzz: ${name}: ${client.broken.message}`);
  if (!right) throw new Error(`Fuzz: ${name}: ${heard} replies, ${expected.replies} were due`);
  return heard;
}

/** Accepted = ended, one row for each, and as many ends of each kind as the streams that finished must have had. */
async function checkCounts(
  node: TestNode,
  connections: number,
  wanted: ReadonlyMap<string, number>,
  resets: number,
): Promise<Record<string, number>> {
  const { figures } = node;
  await eventually("every end", async () => (await figures.metric("correio_connections")) === 0);
  await eventually("every row", () => node.rows().length >= connections);
  const ends: Record<string, number> = {};
  for (const row of node.rows()) ends[row["end_reason"] ?? ""] = (ends[row["end_reason"] ?? ""] ?? 0) + 1;
  const facts = [
    ["rows", node.rows().length],
    ["accepted", await figures.metric("correio_connections_accepted_total")],
    ["ended", await figures.metricSum("correio_connections_ended_total")],
  ] as const;
  for (const [what, found] of facts) {
    if (found !== connections) throw new Error(`Fuzz: ${found} ${what} for ${connections} connections`);
  }
  for (const [reason, due] of wanted) {
    const found = ends[reason] ?? 0;
    if (found < due || found > due + resets) throw new Error(`Fuzz: ${found} ends by ${reason}, ${due} were due`);
  }
  const left = await figures.actors();
  if (left.length > 0) throw new Error(`Fuzz: actors are left: ${JSON.stringify(left)}`);
  return ends;
}

async function checkItAnswers(node: TestNode): Promise<void> {
  const client = await WireClient.connect(node.port);
  client.send(request("after"), closeFrame);
  await client.loses();
  client.close();
  if (client.replies[0]?.status !== "success") throw new Error("Fuzz: afterwards the node does not answer");
}

const USAGE = "Usage: bun tests/fuzz-frames.ts [--count FRAMES] [--seed NUMBER] [--connection NUMBER]";

function readFlags() {
  const options = {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    connection: { type: "string" },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const numbers = Object.values(values).every((value) => /^\d{1,9}$/.test(value ?? "0"));
    return numbers ? values : undefined;
  } catch {
    return undefined;
  }
}

async function run(): Promise<void> {
  const values = readFlags();
  if (values === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const seed = Number(values.seed);
  const node = await startTestNode();
  const one = values.connection === undefined ? {} : { from: Number(values.connection) };
  const count = values.connection === undefined ? Number(values.count) : 1;
  try {
    const report = await fuzzFrames(node, { count, seed, ...one });
    console.log(JSON.stringify({ seed, ...report }, undefined, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(`Replay: bun tests/fuzz-frames.ts --seed ${seed} --count ${count}, or --connection N for one`);
    process.exitCode = 1;
  }
  await node.stop();
}

if (import.meta.main) await run();
