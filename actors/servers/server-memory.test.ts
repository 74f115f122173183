// What a server has promised in elections is stored before anybody hears of it, also where the store fails in between.
import { expect, test } from "bun:test";

import { SteppedSystem } from "#runtime/testing/mod.ts";

import type { Request } from "../election/messages.ts";
import { createTestServices } from "../test-services.ts";
import { SERVER_KEY } from "./server-addresses.ts";
import { createServerTypes } from "./server-catalog.ts";
import type { ServerReply } from "./services.ts";

const LIST = [
  { name: "one", rank: 1, address: "10.0.0.1:5601", votes: true },
  { name: "two", rank: 2, address: "10.0.0.2:5602", votes: true },
];
/** So long a server that has just begun votes for nobody. */
const SILENCE_MS = 16_000;

async function askReference(service: string): Promise<ServerReply> {
  return { data: service === "list" ? { list: LIST } : { rank: 1 }, sentMs: 0, arrivedMs: 0 };
}

test("a vote that could not be stored is not given, and what it has promised is stored before it is said", async () => {
  const { servers } = createTestServices({});
  const { types } = createServerTypes({
    ...servers,
    server: { ...servers.server, nameAt: () => "one", askReference },
  });
  const stepped = new SteppedSystem(Object.values(types));
  const server = stepped.ref(types.server, SERVER_KEY);
  server.tell.beat();
  await stepped.advance(SILENCE_MS);
  // Of rank 2, as its epochs are.
  const epoch = 65_536 + 2;
  const message: Request = { kind: "vote", epoch, coordinator: "two", known: 2, votes: ["two"] };
  const ask = () => stepped.outcome(server.requested({ from: "two", message }));
  const promised = () => {
    const state = stepped.disk.actor("server", SERVER_KEY)?.stored.state;
    return Number(/"promised":(\d+)/.exec(String(state))?.[1] ?? 0);
  };

  stepped.storeFaults.next("commit", { fails: "store.full" });
  expect((await ask()).kind).toBe("failed");
  expect(promised()).toBeLessThan(epoch);

  // It votes once in an epoch.
  const answer = { kind: "vote", granted: false, epoch };
  expect(await ask()).toMatchObject({ kind: "answered", value: { answer } });
  expect(promised()).toBe(epoch);
});
