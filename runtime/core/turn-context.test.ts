// What a handler can do with its context besides its state.
import { describe, expect, test } from "bun:test";

import { SteppedSystem } from "../testing/stepped-system.ts";
import type { ActorContext } from "./context.ts";
import { actor } from "./definition.ts";

/** Runs `work` as the one turn of an actor and gives what it gave. */
async function inTurn(
  work: (self: ActorContext<object>) => unknown,
  pass: { readonly forMs?: number } = {},
): Promise<{ readonly result: unknown; readonly stepped: SteppedSystem }> {
  let result: unknown;
  const Worker = actor("worker", { state: () => ({}) }).on("work", {}, async (self) => {
    result = await work(self);
  });
  const stepped = new SteppedSystem([Worker]);
  stepped.system.ref(Worker, "key/1").tell.work();
  await stepped.clock.advance(pass.forMs ?? 0);
  return { result, stepped };
}

const began = (self: ActorContext<object>): number[] => [self.turnStartedMs, self.turnStartedAt];

async function beginnings(self: ActorContext<object>): Promise<number[][]> {
  const before = began(self);
  await self.sleep(50);
  return [before, began(self)];
}

async function sleptMs(self: ActorContext<object>): Promise<number> {
  const beganMs = self.monotonicMs();
  await self.sleep(50);
  return self.monotonicMs() - beganMs;
}

describe("a context", () => {
  test("knows the actor's key", async () => {
    expect((await inTurn((self) => self.key)).result).toBe("key/1");
  });

  test("tells the time of its clock, monotonic and Unix", async () => {
    const { result, stepped } = await inTurn((self) => [self.monotonicMs(), self.unixMs()]);
    expect(result).toEqual([stepped.clock.monotonicMs(), stepped.clock.unixMs()]);
  });

  test("tells when the turn began, however long it takes", async () => {
    const { result } = await inTurn(beginnings, { forMs: 51 });
    const [before, after] = result as number[][];
    expect(after).toEqual(before as number[]);
  });

  test("sleeps as long as it is told, not less", async () => {
    expect((await inTurn(sleptMs, { forMs: 51 })).result).toBe(50);
  });

  test("crashes the turn that would sleep for a time that cannot pass", async () => {
    const { stepped } = await inTurn((self) => self.sleep(-1));
    expect(stepped.crashes.length).toBe(1);
  });

  test("makes refusals with a code, and a message when one is given", async () => {
    const { result } = await inTurn((self) => [self.refuse("a.b").message, self.refuse("a.b", "why").message]);
    expect(result).toEqual(["a.b", "why"]);
  });

  test("has a signal that is not aborted when nobody waits for an answer", async () => {
    expect((await inTurn((self) => self.signal.aborted)).result).toBe(false);
  });
});
