// Tags of commands: increasing, and different from those of every earlier start of the client.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

const CHANCE_DIGITS = 5;

/** Without the `#`. The start's time and some chance make two starts differ, also in the same millisecond. */
export function createTags(clock: Pick<Clock, "unixMs">, random: Random): () => string {
  const chance = Math.floor(random.next() * 36 ** CHANCE_DIGITS);
  const prefix = `${clock.unixMs().toString(36)}.${chance.toString(36).padStart(CHANCE_DIGITS, "0")}`;
  let count = 0;
  return () => `${prefix}.${++count}`;
}
