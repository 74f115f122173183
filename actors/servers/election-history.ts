// What became of elections, as this process's server saw it since the process began: kept in memory, the oldest go.
import { limits, type Static, t } from "#runtime/mod.ts";

import type { Effect } from "../election/messages.ts";

/** As `/servers/elections` shows it. */
export const ElectionSeenSchema = t.Object({
  at: t.Integer({ description: "Unix milliseconds" }),
  epoch: t.Optional(t.Integer({ description: "Of whom it follows then; absent where it has no coordinator" })),
  coordinator: t.Optional(t.String({ description: "Absent where it has none" })),
  role: t.Union([t.Literal("coordinator"), t.Literal("follower"), t.Literal("unsure")]),
  why: t.Union(
    [
      t.Literal("elected"),
      t.Literal("announced"),
      t.Literal("voted"),
      t.Literal("lease_over"),
      t.Literal("silent"),
      t.Literal("left_office"),
    ],
    { description: "Of the election: what made it so" },
  ),
});

export const HistoryQuerySchema = t.Object({
  before: t.Optional(t.Integer({ description: "Those seen before the one of this number" })),
  count: t.Integer({ minimum: 1 }),
});

/** Newest first; each has its number, counted from 1 since the process began. */
export const HistorySchema = t.Array(t.Object({ number: t.Integer(), seen: ElectionSeenSchema }));

export type ElectionSeen = Static<typeof ElectionSeenSchema>;
type Became = Extract<Effect, { readonly kind: "became" }>;

export class ElectionHistory {
  readonly #seen: ElectionSeen[] = [];
  #count = 0;

  add({ role, coordinator, epoch, reason }: Became, atMs: number): void {
    const known = { ...(epoch === undefined ? {} : { epoch }), ...(coordinator === undefined ? {} : { coordinator }) };
    this.#seen.push({ at: Math.floor(atMs), ...known, role, why: reason });
    this.#count++;
    if (this.#seen.length > limits.electionsKept) this.#seen.shift();
  }

  page({ before = this.#count + 1, count }: Static<typeof HistoryQuerySchema>): Static<typeof HistorySchema> {
    const firstNumber = this.#count - this.#seen.length + 1;
    return this.#seen
      .map((seen, index) => ({ number: firstNumber + index, seen }))
      .filter(({ number }) => number < before)
      .toReversed()
      .slice(0, count);
  }
}
