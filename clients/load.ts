// Load client of the pipelined protocol: N clients x M messages, every reply verified; --help lists the settings.

import { systemClock } from "#runtime/base/clock.ts";

import { type LoadOptions, loadSettings } from "./load/config.ts";
import type { LoadProgress } from "./load/progress.ts";
import { noProgress, startBar, startLines } from "./load/progress.ts";
import { loadTitle, reportText } from "./load/report.ts";
import { exitCodeOf } from "./load/result.ts";
import { runLoad } from "./load/run.ts";
import { configure, runConfigured } from "./settings/config.ts";

/** Answers the exit code. */
async function runAndReport(options: LoadOptions): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  if (!options.json) console.log(loadTitle(options));
  const progress = startProgress(options);
  const result = await runLoad(options, { signal: interruption.signal, onProgress: progress.update });
  progress.stop(result.right + result.wrong);
  console.log(options.json ? JSON.stringify(result, null, 2) : `\n${reportText(result)}`);
  return exitCodeOf(result);
}

function startProgress({ json, clients, messages }: LoadOptions): LoadProgress {
  if (json) return noProgress();
  const total = clients * messages;
  if (process.stdout.isTTY) return startBar(total, systemClock, process.stdout);
  return startLines(total, systemClock, (line) => console.log(line));
}

// A connect that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(loadSettings, Bun.argv.slice(2)), runAndReport));
