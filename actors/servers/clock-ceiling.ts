// How far the Lamport clock of this node may have come: stored, so that a start goes on above all that was told.
import { actor, t } from "#runtime/mod.ts";

const CeilingSchema = t.Integer({ minimum: 0, description: "The clock has told no higher number" });

export const CEILING_KEY = "own";

/** Key `CEILING_KEY`. */
export const ClockCeiling = actor("clock-ceiling", {
  about: "How far the Lamport clock of this node may have come",
  internal: true,
  state: () => ({ ceiling: 0 }),
  durable: true,
  private: true,
})
  .on("raise", { in: CeilingSchema }, ({ state }, ceiling) => void (state.ceiling = Math.max(state.ceiling, ceiling)))
  .read("ceiling", { out: CeilingSchema }, ({ state }) => state.ceiling);
