// One subscriber that reads little: what the others have of it, what it misses, and what it costs the server.

import { PublicationsProgram, type Published } from "./messaging-load.ts";
import { type MessagingNode, startMessagingNode } from "./messaging-servers.ts";
import { residentBytesOf } from "./process-facts.ts";
import { readFigures } from "./server-program.ts";

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
  /** What the slow one had, and numbers that it has not seen. */
  readonly received: number;
  readonly dropped: number;
  /** What the server says that it has dropped. */
  readonly counted: number;
  /** By how much the server's memory grew. */
  readonly grownBytes: number;
  /** Others had everything; the slow one had the rest of what the server counts as dropped, whole and in order. */
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
    const before = await costsOf(node);
    const beside = await load.run({ publications, window, readsOneIn });
    const after = await costsOf(node);
    const counted = after.dropped - before.dropped;
    samples.push({ ...sampleOf(alone, beside, counted), grownBytes: after.bytes - before.bytes });
  }
  return { parameters, samples };
}

async function costsOf({ pids: [pid], httpPort }: MessagingNode): Promise<{ dropped: number; bytes: number }> {
  const figure = await readFigures(httpPort);
  return { dropped: figure("correio_messaging_dropped_total"), bytes: residentBytesOf(pid) };
}

function sampleOf(alone: Published, beside: Published, counted: number): Omit<SlowSubscriberSample, "grownBytes"> {
  const { received, lost: dropped, published } = beside.slow ?? { received: 0, lost: 0, published: 0 };
  return {
    alonePerSecond: alone.deliveries / alone.subscribers / alone.seconds,
    besidePerSecond: beside.deliveries / beside.subscribers / beside.seconds,
    received,
    dropped,
    counted,
    verified: isWhole(alone) && isWhole(beside) && received + dropped === published && dropped === counted,
  };
}

function isWhole({ publications, subscribers, deliveries, wrong }: Published): boolean {
  return wrong === 0 && deliveries === publications * subscribers;
}
