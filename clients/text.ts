// Menu client of the command server, for people; --help lists the settings.
import { systemClock } from "#runtime/base/clock.ts";
import { systemRandom } from "#runtime/base/random.ts";

import type { LinkTarget } from "./links/link.ts";
import { runForUser } from "./machine/runner.ts";
import { configure, runConfigured } from "./settings/config.ts";
import { withoutPasswords } from "./terminal/kept-line.ts";
import { textSettings } from "./text/config.ts";
import { Menu } from "./text/menu.ts";

/** Answers the exit code. */
function runMenu(target: LinkTarget): Promise<number> {
  const machine = new Menu(`${target.host}:${target.port}`, systemClock, systemRandom);
  return runForUser({ machine, targets: { main: target }, clock: systemClock }, { keptOf: withoutPasswords });
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(textSettings, Bun.argv.slice(2)), runMenu));
