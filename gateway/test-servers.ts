// For tests: messaging servers as a gateway is given them, which nobody has started.

import { electionsExample } from "./elections.ts";
import { clocksExample, electionExample, overviewExample, readingExample } from "./server-examples.ts";
import type { ServersView } from "./servers.ts";

/** Those of the document's examples. What they are told goes to `asked`. */
export function createTestServers(asked: unknown[], changes: Partial<ServersView["administration"]> = {}): ServersView {
  const { own, queues } = overviewExample;
  return {
    status: async () => own,
    async elections(query) {
      asked.push(["elections", query]);
      return electionsExample.items.map((seen, index) => ({ number: 7 - index, seen })).slice(0, query.count);
    },
    administration: {
      list: async () => own.servers,
      queues: async () => queues,
      clocks: async () => clocksExample.items,
      elections: async () => electionExample.items,
      async setClock(...what) {
        asked.push(["setClock", ...what]);
        return { kind: "done", reading: readingExample };
      },
      async announce(coordinator) {
        asked.push(["announce", coordinator]);
        return { kind: "done" };
      },
      ...changes,
    },
  };
}
