// The bad network by itself: how long a ping and its pong take through a relay, with no server of ours at either end.

import { type NetworkFaults, startTcpRelay } from "#runtime/testing/mod.ts";

import { MatchStream } from "./match-stream.ts";

export interface BareNetwork {
  readonly exchanges: number;
  /** Those that took longer than a pong should. */
  readonly late: number;
  readonly slowestMs: number;
}

interface BareOptions {
  readonly faults: NetworkFaults;
  readonly seeds: readonly number[];
  /** From a pong until the next ping, a little more than the server lets pass. */
  readonly everyMs: number;
  readonly pongMs: number;
  readonly seconds: number;
}

const ANSWER_WITHIN_MS = 60_000;

/** A connection for each seed, all at once. */
export async function measureBareNetwork(options: BareOptions): Promise<BareNetwork> {
  const took = (await Promise.all(options.seeds.map((seed) => exchange(seed, options)))).flat();
  return {
    exchanges: took.length,
    late: took.filter((ms) => ms > options.pongMs).length,
    slowestMs: Math.max(0, ...took),
  };
}

async function exchange(seed: number, { faults, everyMs, seconds }: BareOptions): Promise<number[]> {
  await using stack = new AsyncDisposableStack();
  const listener = MatchStream.listen((stream) => {
    stream.heard = () => stream.send("pong");
  });
  stack.defer(() => listener.stop(true));
  const relay = await startTcpRelay({ target: { port: listener.port }, faults, seed });
  stack.defer(() => relay.stop());
  const stream = await MatchStream.connect(relay.port);
  const took: number[] = [];
  const untilMs = performance.now() + seconds * 1_000;
  for (let nowMs = performance.now(); nowMs < untilMs; nowMs = performance.now()) {
    await stream.ask("ping", /pong/, ANSWER_WITHIN_MS);
    took.push(performance.now() - nowMs);
    await Bun.sleep(everyMs);
  }
  return took;
}
