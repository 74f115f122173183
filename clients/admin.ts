// Administration of the messaging servers, over ZeroMQ; --help lists commands and settings.
import { Administration } from "#actors/servers/administration.ts";
import { timeTextAt } from "#actors/servers/node-clocks.ts";
import { AdministrationLinks } from "#runtime/administration-links.ts";
import { systemClock } from "#runtime/base/clock.ts";
import { settlesWithin } from "#runtime/base/settles-within.ts";
import { createZmtpContext } from "#runtime/zmtp/mod.ts";

import { find } from "./admin/commands.ts";
import { type AdminOptions, adminSettings, splitArguments } from "./admin/config.ts";
import { CLOSE_MS } from "./admin/limits.ts";
import { runLive } from "./admin/live.ts";
import { configure, runConfigured } from "./settings/config.ts";

/** Answers the exit code. */
async function runAdmin(options: AdminOptions): Promise<number> {
  const { command, host, referencePort, publisherPort, serverPortBase, isJson } = options;
  const timeoutMs = command.kind === "live" ? Math.min(options.timeoutMs, command.everyMs) : options.timeoutMs;
  const { table } = createZmtpContext();
  const ports = { reference: referencePort, publishers: publisherPort };
  const links = new AdministrationLinks({ table, home: host, ports, serverPortBase, timeoutMs });
  const administration = new Administration(links, () => timeTextAt(systemClock.unixMs()));
  if (command.kind === "live") {
    const where = `${host}:${referencePort}`;
    return runLive({ administration, clock: systemClock, where, everyMs: command.everyMs, isJson });
  }
  const { lines, json, exitCode } = await find(administration, command);
  for (const line of isJson ? [JSON.stringify(json, null, 2)] : lines) console.log(line);
  links.close();
  await settlesWithin(systemClock, table.drain(), CLOSE_MS);
  return exitCode;
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) {
  const { words, flags } = splitArguments(Bun.argv.slice(2));
  process.exit(await runConfigured(configure(adminSettings(words), flags), runAdmin));
}
