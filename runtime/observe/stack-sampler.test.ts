// The stack of a turn that computes too long, as the engine saw it. In a process of its own: the engine samples until
// its process ends, and what it has sampled keeps every later test file in memory.
import { expect, test } from "bun:test";
import { join } from "node:path";

const program = `
  import { systemClock } from ${fileHere("../base/clock.ts")};
  import { actor } from ${fileHere("../core/definition.ts")};
  import { ActorSystem } from ${fileHere("../core/system.ts")};
  import { limits } from ${fileHere("../limits.ts")};
  import { startStackSampler } from ${fileHere("stack-sampler.ts")};

  function spinUntil(untilMs) {
    let rounds = 0;
    while (performance.now() < untilMs) rounds++;
    return rounds;
  }
  const Spinner = actor("spinner", { state: () => ({}) }).on("spin", {}, function spinInTurn() {
    spinUntil(performance.now() + 2 * limits.turnBudgetMs);
  });
  const sampler = startStackSampler(systemClock);
  const { promise: stack, resolve } = Promise.withResolvers();
  const overBudget = ({ tookMs }) => resolve(sampler.stackOf(tookMs));
  const system = new ActorSystem({ clock: systemClock, types: [Spinner], events: { overBudget } });
  spinUntil(performance.now() + limits.turnBudgetMs); // something else, before it
  system.ref(Spinner, "a").tell.spin();
  console.log(await stack);
  sampler.stop();
  process.exit(0);
`;

function fileHere(name: string): string {
  return JSON.stringify(join(import.meta.dirname, name));
}

test("a turn over its budget is named with the functions it spent its time in, down to its handler", async () => {
  const child = Bun.spawn([process.execPath, "-e", program], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const frames = (await child.stdout.text()).trimEnd().split("\n");
  expect(frames.map((frame) => frame.split(" ")[0])).toEqual(["spinUntil", "spinInTurn"]);
  expect(frames[0]).toContain(`(${process.cwd()}/[eval]`);
  expect(await child.exited).toBe(0);
});
