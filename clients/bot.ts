// Bots that make traffic over ZeroMQ and check what comes of it; --help lists the settings.
import { systemClock } from "#runtime/base/clock.ts";

import { type BotOptions, botSettings } from "./messaging/bot-config.ts";
import { runBots } from "./messaging/fleet.ts";
import { configure, runConfigured } from "./settings/config.ts";

/** Answers the exit code. Who interrupts twice does not wait for what is on its way. */
function run(options: BotOptions): Promise<number> {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => (interruption.signal.aborted ? process.exit(130) : interruption.abort()));
  }
  return runBots({ options, clock: systemClock, print: console.log, signal: interruption.signal });
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(botSettings, Bun.argv.slice(2)), run));
