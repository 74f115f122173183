// Who has won how often, the best first: rows in the order of the board, and counts of players from which ranks follow.
import { actor, type DurableContext, type DurableReadContext, t } from "#runtime/mod.ts";

/** Of the only one there is. */
export const LEADERBOARD_KEY = "matches";

/** Names, and keys, are as long as `parseId` takes them. */
const NAME_LENGTH_MAX = 32;
const PLACES_PER_ANSWER_MAX = 100;
/** One for each player whose match has just ended, and they may all end at once: when the node starts again. */
const MAILBOX_MESSAGES_MAX = 16_384;

/**
 * A higher score stands as this one. Players are counted by score, a thousand scores in a row of their own, and the
 * state has the sum of each thousand. So however many there are, and though each had a score of its own, the state has
 * at most a thousand numbers, a rank is found from them and one row, and a new score changes five rows at most.
 */
const SCORE_MAX = 999_999;
const SCORES_PER_BLOCK = 1_000;

const FIRST_PLACE = "place/";
/** `0` follows `/`. */
const BEHIND_LAST_PLACE = "place0";

const KeySchema = t.String({
  pattern: "^[a-z0-9_.-]+$",
  maxLength: NAME_LENGTH_MAX,
  description: "The player's: that of the name (`idKey`)",
});
const CountSchema = t.Integer({ minimum: 1, maximum: PLACES_PER_ANSWER_MAX });
const SetSchema = t.Object({
  key: KeySchema,
  name: t.String({ minLength: 1, maxLength: NAME_LENGTH_MAX, description: "As it is shown" }),
  score: t.Integer({ minimum: 0, description: "From now on; one that is lower than the score there is stays out" }),
});
const AroundSchema = t.Object({ key: KeySchema, count: CountSchema });
const PlacesSchema = t.Array(
  t.Object({
    rank: t.Integer({ description: "From 1: one more than there are players with a higher score" }),
    name: t.String(),
    score: t.Integer(),
  }),
);

interface Player {
  readonly name: string;
  readonly score: number;
}

interface LeaderboardState {
  /** Players by the thousand of their score. */
  blocks: number[];
}

/**
 * By score, the highest first; players of one score share a rank, the next score is as many ranks below as they are,
 * and among them the key decides. `set` says what is, not what is added: it may come twice, late, and out of order.
 */
export const Leaderboard = actor("leaderboard", {
  about: "Who has won how often; there is one, its key is `matches`",
  aboutMethods: {
    set: "Sets what a player has won; a lower score than there is stays out",
    top: "The best, with their ranks",
    around: "A player with those above and below",
  },
  state: (): LeaderboardState => ({ blocks: [] }),
  durable: true,
  mailbox: { capacity: MAILBOX_MESSAGES_MAX },
})
  .on("set", { in: SetSchema }, async (board, { key, name, score: given }) => {
    const { rows } = board;
    const known = (await rows.get(scoreRow(key))) as number | undefined;
    const score = Math.max(known ?? 0, Math.min(given, SCORE_MAX));
    const place = placeRow(score, key);
    // Most matches change the score of one of their two.
    if (score === known && ((await rows.get(place)) as Player | undefined)?.name === name) return;
    rows.put(place, { name, score });
    if (score === known) return;
    rows.put(scoreRow(key), score);
    await count(board, score, 1);
    if (known === undefined) return;
    rows.delete(placeRow(known, key));
    await count(board, known, -1);
  })
  .read("top", { in: t.Object({ count: CountSchema }), out: PlacesSchema }, async (board, { count: limit }) => {
    const found = await board.rows.range({ from: FIRST_PLACE, before: BEHIND_LAST_PLACE, limit });
    return ranked(board, found.map(toPlayer));
  })
  .read("around", { in: AroundSchema, out: PlacesSchema }, async (board, { key, count: limit }) => {
    const { rows } = board;
    const score = (await rows.get(scoreRow(key))) as number | undefined;
    if (score === undefined) throw board.refuse("leaderboard.unknown", "This player has no place on it");
    const from = placeRow(score, key);
    const above = await rows.range({ from: FIRST_PLACE, before: from, limit, reverse: true });
    const fromHere = await rows.range({ from, before: BEHIND_LAST_PLACE, limit: limit + 1 });
    return ranked(board, [...above.toReversed(), ...fromHere].map(toPlayer));
  });

/** For players that stand one behind the other: the ranks of all follow from those of the first one's score. */
async function ranked(board: DurableReadContext<LeaderboardState>, players: readonly Player[]) {
  const [first] = players;
  if (first === undefined) return [];
  const { rank: firstRank, nextRank } = await ranksAt(board, first.score);
  const tiedCount = players.filter(({ score }) => score === first.score).length;
  let rank = firstRank;
  return players.map(({ name, score }, index) => {
    if (score !== (players[index - 1] ?? first).score) rank = nextRank + index - tiedCount;
    return { rank, name, score };
  });
}

/** The rank of this score, and of the next lower one that somebody has. */
async function ranksAt({ rows, state }: DurableReadContext<LeaderboardState>, score: number) {
  const { block, row, index } = countedAt(score);
  const counts = ((await rows.get(row)) ?? []) as readonly number[];
  const rank = 1 + sumBehind(state.blocks, block) + sumBehind(counts, index);
  return { rank, nextRank: rank + (counts[index] ?? 0) };
}

async function count(board: DurableContext<LeaderboardState>, score: number, change: 1 | -1): Promise<void> {
  const { block, row, index } = countedAt(score);
  const counts = ((await board.rows.get(row)) ?? []) as number[];
  addAt(counts, index, change);
  board.rows.put(row, counts);
  addAt(board.state.blocks, block, change);
}

function countedAt(score: number): { readonly block: number; readonly row: string; readonly index: number } {
  const block = Math.floor(score / SCORES_PER_BLOCK);
  return { block, row: `counts/${block}`, index: score % SCORES_PER_BLOCK };
}

/** Places that are not there yet count 0. */
function addAt(counts: number[], index: number, change: number): void {
  while (counts.length <= index) counts.push(0);
  counts[index] = (counts[index] ?? 0) + change;
}

function sumBehind(counts: readonly number[], index: number): number {
  return counts.slice(index + 1).reduce((sum, each) => sum + each, 0);
}

function scoreRow(key: string): string {
  return `score/${key}`;
}

/** The higher the score, the earlier: rows come in the order of their names. */
function placeRow(score: number, key: string): string {
  return `${FIRST_PLACE}${String(SCORE_MAX - score).padStart(String(SCORE_MAX).length, "0")}/${key}`;
}

function toPlayer({ value }: { readonly value: unknown }): Player {
  return value as Player;
}
