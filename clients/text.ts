// Menu client of the command server, for people; --help lists the settings.
import { systemClock } from "#runtime/base/clock.ts";
import { systemRandom } from "#runtime/base/random.ts";

import type { LinkTarget } from "./links/link.ts";
import { Runner } from "./machine/runner.ts";
import { configure, runConfigured } from "./settings/config.ts";
import { openUser } from "./terminal/user.ts";
import { textSettings } from "./text/config.ts";
import { Menu } from "./text/menu.ts";

/** Answers the exit code. */
function runMenu(target: LinkTarget): Promise<number> {
  const user = openUser({
    typed: (line) => runner.typed(line),
    ended: () => runner.ended(),
    interrupted: () => runner.interrupted(),
  });
  const machine = new Menu(`${target.host}:${target.port}`, systemClock, systemRandom);
  const runner = new Runner({ machine, targets: { main: target }, user, clock: systemClock });
  runner.start();
  return runner.finished;
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(textSettings, Bun.argv.slice(2)), runMenu));
