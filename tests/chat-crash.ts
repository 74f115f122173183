// Kills a server again and again while people talk, and looks for what is lost: `bun tests/chat-crash.ts --kills 50`.
import { parseArgs } from "node:util";

import { chatThroughKills } from "./lib/chat-crash.ts";

const USAGE = "Usage: bun tests/chat-crash.ts [--kills N] [--seed N]";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { kills: { type: "string" }, seed: { type: "string" } } });
  const [kills, seed] = [Number(values.kills ?? 20), Number(values.seed ?? 1)];
  if (!Number.isSafeInteger(kills) || !Number.isSafeInteger(seed)) {
    console.error(USAGE);
    return 2;
  }
  const { acknowledged, retried, problems } = await chatThroughKills(kills, seed);
  for (const problem of problems) console.error(problem);
  console.log(`${kills} kills, ${acknowledged} acknowledged, ${retried} said again, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main());
