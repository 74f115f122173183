// The store of a system without durable actors: it keeps nothing, so there are no dead letters to look at either.
import type { Store } from "./ports.ts";

export const noStore: Store = {
  epoch: 1,
  load: async () => undefined,
  row: async () => undefined,
  rows: async () => [],
  commit: async ({ changes }) => changes.map(() => "committed"),
  alarmsDue: async () => [],
  alarmsOf: async () => [],
  hasAlarms: async () => false,
  watches: async () => [],
  keys: async () => [],
  letters: async () => [],
  letter: async () => undefined,
  quarantines: async () => [],
  close: async () => undefined,
};
