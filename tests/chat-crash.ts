// Kills a server again and again while people talk, and looks for what is lost: `bun tests/chat-crash.ts --kills 50`.
import { createRandom, type Random } from "#runtime/base/random.ts";

import type { HeardMessage } from "./lib/chat-client.ts";
import { ROOM, Talker } from "./lib/chat-talker.ts";
import { killAfter, killsCommand } from "./lib/kills.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";

const TALKERS = 6;
/** The server is killed after so many acknowledgements, or after this time, and a moment later. */
const KILL = { acknowledged: { least: 40, span: 160 }, withinMs: 5_000, laterMs: 10 };

export interface ChatReport {
  /** Messages that were acknowledged, first or when they were sent again. */
  readonly acknowledged: number;
  readonly retried: number;
  /** What is not as it should be, one line each. */
  readonly problems: readonly string[];
}

/** All who talk are in the room again after each kill, and so they are in the end. */
export async function chatThroughKills(kills: number, seed: number): Promise<ChatReport> {
  const random = createRandom(seed);
  const folder = createDataFolder();
  const talkers = Array.from(
    { length: TALKERS },
    (_, index) => new Talker(index, TALKERS, createRandom(seed * 100 + index)),
  );
  let server = await start(folder);
  try {
    for (let kill = 0; kill < kills; kill++) {
      await Promise.all(talkers.map((talker) => talker.resume(server)));
      await talkUntilKilled(server, talkers, random);
      server = await start(folder);
    }
    return await check(server, talkers);
  } finally {
    for (const talker of talkers) talker.lose();
    await server.remove();
  }
}

async function start(folder: string): Promise<ServerProcess> {
  const server = new ServerProcess({ CORREIO_LOG_LEVEL: "silent", CORREIO_CONSOLE: false }, folder);
  await server.listens();
  return server;
}

async function talkUntilKilled(server: ServerProcess, talkers: readonly Talker[], random: Random): Promise<void> {
  const { acknowledged, withinMs, laterMs } = KILL;
  const wanted = acknowledgedBy(talkers) + acknowledged.least + random.next() * acknowledged.span;
  const talking = talkers.map((talker) => talker.talk());
  const enough = (): boolean => acknowledgedBy(talkers) >= wanted;
  await killAfter(server, enough, { withinMs, laterMs: random.next() * laterMs });
  for (const talker of talkers) talker.lose();
  await Promise.all(talking);
}

function acknowledgedBy(talkers: readonly Talker[]): number {
  return talkers.reduce((sum, talker) => sum + talker.acknowledged.size, 0);
}

/** Those who come back first see nobody else in the room. */
async function check(server: ServerProcess, talkers: readonly Talker[]): Promise<ChatReport> {
  const early = talkers.slice(0, TALKERS / 2);
  const problems: string[] = [];
  for (const some of [early, talkers]) {
    await Promise.all(some.map((talker) => (talker.isHere ? undefined : talker.resume(server))));
    const who = await (talkers[0] as Talker).membersNow();
    const expected = some.map(({ id }) => id).toSorted();
    if (String(who) !== String(expected)) problems.push(`In the room are ${who}, and ${expected} are connected`);
  }
  const auditor = new Talker(TALKERS, TALKERS, createRandom(0));
  await auditor.resume(server);
  const history = await auditor.history(ROOM);
  auditor.lose();
  for (const talker of talkers) problems.push(...(await talker.missing(history)));
  const kept = [history, ...(await Promise.all(talkers.map((talker) => talker.history(`@${talker.id}`))))];
  for (const messages of kept) problems.push(...gaps(messages));
  const numbers = numbersByText(kept.flat());
  for (const talker of talkers) problems.push(...talker.lost(numbers));
  return {
    acknowledged: acknowledgedBy(talkers),
    retried: talkers.reduce((sum, { retried }) => sum + retried, 0),
    problems,
  };
}

function gaps(messages: readonly HeardMessage[]): readonly string[] {
  return messages.flatMap(({ place, number }, index) =>
    number === index + 1 ? [] : [`Message ${index + 1} of ${place} has the number ${number}`],
  );
}

/** Every text is said once: with more numbers it is there more than once. */
function numbersByText(messages: readonly HeardMessage[]): ReadonlyMap<string, readonly number[]> {
  const numbers = new Map<string, number[]>();
  for (const { text, number } of messages) numbers.set(text, [...(numbers.get(text) ?? []), number]);
  return numbers;
}

if (import.meta.main) await killsCommand("tests/chat-crash.ts", chatThroughKills);
