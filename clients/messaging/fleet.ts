// A run of bots, from their logins to the last message that is on its way, with a line each second and a summary.
import type { Clock } from "#runtime/base/clock.ts";
import { createRandom } from "#runtime/base/random.ts";

import { Runner } from "../machine/runner.ts";
import type { User } from "../terminal/user.ts";
import type { BotOptions } from "./bot-config.ts";
import { statusText, summaryLines } from "./bot-report.ts";
import { BotTally } from "./bot-tally.ts";
import { Bot } from "./bot.ts";
import { Deliveries } from "./deliveries.ts";
import { SETTLE_WITHIN_MS } from "./limits.ts";

export interface FleetParts {
  readonly options: BotOptions;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** Ends the run before its time. */
  readonly signal: AbortSignal;
}

const MS_PER_S = 1_000;
const LOOK_EVERY_MS = 50;
/** Nobody is in front of a bot. */
const NOBODY: User = { isTerminal: false, print: () => undefined, prompt: () => undefined, close: () => undefined };

interface Member {
  readonly bot: Bot;
  readonly runner: Runner;
}

/** Resolves with the exit code: 0 where all was well. */
export async function runBots(parts: FleetParts): Promise<number> {
  const { options, clock, print } = parts;
  const { bots, channels, rate, seed, main } = options;
  const [tally, deliveries, ready] = [new BotTally(), new Deliveries(), new Set<string>()];
  const shared = { rate, clock, tally, deliveries, ready, channels: numbered("canal", channels) };
  const members = numbered("bot", bots).map((name, index): Member => {
    const bot = new Bot({ ...shared, name, random: createRandom(seed + index) });
    return { bot, runner: new Runner({ machine: bot, targets: { main }, user: NOBODY, clock }) };
  });
  print(`${bots} bots, ${channels} canais, ${rate} mensagens por segundo de cada um, em ${main.host}:${main.port}`);
  const startedMs = clock.monotonicMs();
  for (const { runner } of members) runner.start();
  await sayUntilTheEnd(parts, (seconds) => print(statusText(seconds, bots, tally)));
  const durationMs = clock.monotonicMs() - startedMs;
  for (const { runner } of members) runner.ended();
  const isOver = (): boolean => deliveries.missingCount === 0 && members.every(({ bot }) => bot.isIdle);
  // Where none was ever ready, none has said anything.
  const untilMs = clock.monotonicMs() + (ready.size === 0 ? 0 : SETTLE_WITHIN_MS);
  while (!isOver() && clock.monotonicMs() < untilMs) await passed(clock, LOOK_EVERY_MS);
  checkEnd(members, ready.size, deliveries);
  for (const { runner } of members) runner.interrupted();
  await Promise.all(members.map(({ runner }) => runner.finished));
  for (const line of summaryLines(durationMs, tally, deliveries)) print(line);
  return deliveries.problemCount === 0 ? 0 : 1;
}

async function sayUntilTheEnd({ options, clock, signal }: FleetParts, each: (seconds: number) => void): Promise<void> {
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => abort(), { once: true });
  for (let seconds = 1; !signal.aborted && (options.seconds === 0 || seconds <= options.seconds); seconds++) {
    await Promise.race([passed(clock, MS_PER_S), aborted]);
    if (!signal.aborted) each(seconds);
  }
}

function checkEnd(members: readonly Member[], readyCount: number, deliveries: Deliveries): void {
  const busyCount = members.filter(({ bot }) => !bot.isIdle).length;
  if (readyCount < members.length) {
    deliveries.problem(`${members.length - readyCount} bots não chegaram a entrar e a se inscrever em tudo`);
  }
  if (busyCount > 0) deliveries.problem(`${busyCount} bots ficaram sem respostas`);
  deliveries.closed();
}

function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

function passed(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
