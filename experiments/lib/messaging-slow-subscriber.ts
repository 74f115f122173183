// One subscriber that reads little: what the others have of it, what it misses, and what it costs the server.

import { PublicationsProgram, type Published } from "./messaging-load.ts";
import { startMessagingNode } from "./messaging-servers.ts";
import { residentBytesOf } from "./process-facts.ts";

export interface SlowSubscriberParameters {
  /** Each run once without a slow one, and once with. */
  readonly pairs: number;
  /** One of them is slow. */
  readonly subscribers: number;
  readonly publications: number;
  readonly window: number;
  readonly bodyBytes: number;
  readonly readsOneIn: number;
}

export interface SlowSubscriberSample {
  readonly alonePerSecond: number;
  readonly besidePerSecond: number;
  /** What the slow one had, and what was dropped for it. */
  readonly received: number;
  readonly dropped: number;
  /** By how much the server's memory grew. */
  readonly grownBytes: number;
  /** Others had everything; what the slow one had was whole and in order, and with what it missed it is all. */
  readonly verified: boolean;
}

export interface SlowSubscriberResult {
  readonly parameters: SlowSubscriberParameters;
  readonly samples: readonly SlowSubscriberSample[];
}

export async function measureSlowSubscriber(
  parameters: SlowSubscriberParameters,
  program: string,
): Promise<SlowSubscriberResult> {
  const { pairs, subscribers, publications, window, bodyBytes, readsOneIn } = parameters;
  await using stack = new AsyncDisposableStack();
  const node = await startMessagingNode();
  stack.defer(() => node.stop());
  const ports = { protocol: "zmtp", publishers: node.publishers, subscribers: node.subscribers } as const;
  const load = stack.use(await PublicationsProgram.connect(program, ports, { count: subscribers, bodyBytes }));
  await load.run({ publications, window });
  const samples: SlowSubscriberSample[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const alone = await load.run({ publications, window });
    const bytesBefore = residentBytesOf(node.pids[0]);
    const beside = await load.run({ publications, window, readsOneIn });
    samples.push(sampleOf(alone, beside, residentBytesOf(node.pids[0]) - bytesBefore));
  }
  return { parameters, samples };
}

function sampleOf(alone: Published, beside: Published, grownBytes: number): SlowSubscriberSample {
  const { received, lost: dropped, published } = beside.slow ?? { received: 0, lost: 0, published: 0 };
  return {
    alonePerSecond: alone.deliveries / alone.subscribers / alone.seconds,
    besidePerSecond: beside.deliveries / beside.subscribers / beside.seconds,
    received,
    dropped,
    grownBytes,
    verified: isWhole(alone) && isWhole(beside) && received + dropped === published,
  };
}

function isWhole({ publications, subscribers, deliveries, wrong }: Published): boolean {
  return wrong === 0 && deliveries === publications * subscribers;
}
