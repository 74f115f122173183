// Messaging client for people, over ZeroMQ, with a numbered menu; --help lists the settings.
import { systemClock } from "#runtime/base/clock.ts";
import { systemRandom } from "#runtime/base/random.ts";

import { runForUser } from "./machine/runner.ts";
import { type MessagingOptions, messagingSettings } from "./messaging/config.ts";
import { MenuClient } from "./messaging/menu-client.ts";
import { configure, runConfigured } from "./settings/config.ts";

/** Answers the exit code. */
function runMenu({ main, user }: MessagingOptions): Promise<number> {
  const machine = new MenuClient({ user, where: `${main.host}:${main.port}` }, systemClock, systemRandom);
  return runForUser({ machine, targets: { main }, clock: systemClock }, { echoes: true });
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(messagingSettings, Bun.argv.slice(2)), runMenu));
