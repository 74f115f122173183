// The stack of a turn that computes too long, as the engine saw it.
import { expect, test } from "bun:test";

import { systemClock } from "../base/clock.ts";
import { actor } from "../core/definition.ts";
import { ActorSystem } from "../core/system.ts";
import { limits } from "../limits.ts";
import { startStackSampler } from "./stack-sampler.ts";

function spinUntil(untilMs: number): number {
  let rounds = 0;
  while (performance.now() < untilMs) rounds++;
  return rounds;
}

const Spinner = actor("spinner", { state: () => ({}) }).on("spin", {}, function spinInTurn() {
  spinUntil(performance.now() + 2 * limits.turnBudgetMs);
});

test("a turn over its budget is named with the functions it spent its time in, down to its handler", async () => {
  const sampler = startStackSampler(systemClock);
  const { promise: stack, resolve } = Promise.withResolvers<string | undefined>();
  const overBudget = ({ tookMs }: { readonly tookMs: number }): void => resolve(sampler.stackOf(tookMs));
  const system = new ActorSystem({ clock: systemClock, types: [Spinner], events: { overBudget } });
  spinUntil(performance.now() + limits.turnBudgetMs); // something else, before it
  system.ref(Spinner, "a").tell.spin();
  const frames = (await stack)?.split("\n") ?? [];
  expect(frames.map((frame) => frame.split(" ")[0])).toEqual(["spinUntil", "spinInTurn"]);
  sampler.stop();
  expect(frames[0]).toContain(`(${import.meta.path}`);
});
