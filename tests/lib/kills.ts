// What the programs have in common that kill a server again and again: their command line, and the kill.
import { parseArgs } from "node:util";

import { eventually } from "./eventually.ts";
import type { ServerProcess } from "./server-process.ts";

/** Kills it when there was enough, or when it does not come to that in time, which is as good a moment; and later. */
export async function killAfter(
  server: ServerProcess,
  enough: () => boolean,
  { withinMs, laterMs }: { readonly withinMs: number; readonly laterMs: number },
): Promise<void> {
  await eventually("enough", enough, withinMs).catch(() => undefined);
  await Bun.sleep(laterMs);
  server.signal("SIGKILL");
  await server.exit();
}

/** `program [--kills N] [--seed N]`. Ends the process: 1 where there were problems, 2 where a flag is wrong. */
export async function killsCommand(
  program: string,
  run: (kills: number, seed: number) => Promise<{ readonly problems: readonly string[] }>,
): Promise<never> {
  const { values } = parseArgs({ options: { kills: { type: "string" }, seed: { type: "string" } } });
  const [kills, seed] = [Number(values.kills ?? 20), Number(values.seed ?? 1)];
  if (!Number.isSafeInteger(kills) || !Number.isSafeInteger(seed)) {
    console.error(`Usage: bun ${program} [--kills N] [--seed N]`);
    process.exit(2);
  }
  const { problems, ...report } = await run(kills, seed);
  for (const problem of problems) console.error(problem);
  console.log(JSON.stringify({ kills, ...report, problems: problems.length }));
  process.exit(problems.length === 0 ? 0 : 1);
}
