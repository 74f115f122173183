// Reads of rows as the watchdog sees them: when what was read is there, the handler goes on, and may block the loop.
import { expect, test } from "bun:test";

import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { actor } from "./definition.ts";
import type { TurnProbe } from "./ports.ts";
import { ActorSystem } from "./system.ts";

test("a turn is known to go on after each reading of its rows", async () => {
  const seen: string[] = [];
  const probe: TurnProbe = {
    entered: (_type, key) => void seen.push(`entered ${key}`),
    turn: () => undefined,
    left: () => void seen.push("left"),
    resumed: (_type, key) => void seen.push(`resumed ${key}`),
  };
  const Shelf = actor("shelf", { state: () => ({}), durable: true }).on("work", {}, async ({ rows }) => {
    await rows.get("a");
    await rows.range();
  });
  const clock = new FakeClock();
  const system = new ActorSystem({ clock, types: [Shelf], store: openMemoryStore(new MemoryDisk()), probe });
  system.ref(Shelf, "s").tell.work();
  await clock.settle();
  expect(seen.slice(0, 4)).toEqual(["entered s", "left", "resumed s", "resumed s"]);
});
