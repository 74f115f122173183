// Tic-tac-toe client for people, with games peer to peer and on the server; --help lists the settings.
import { systemClock } from "#runtime/base/clock.ts";
import { systemRandom } from "#runtime/base/random.ts";

import { runForUser } from "./machine/runner.ts";
import { type MatchOptions, matchSettings } from "./match/config.ts";
import { GameClient } from "./match/game-client.ts";
import { PEER_TARGETS } from "./match/peer-messages.ts";
import { configure, runConfigured } from "./settings/config.ts";
import { withoutPasswords } from "./terminal/kept-line.ts";

/** Answers the exit code. */
function play({ main, user }: MatchOptions): Promise<number> {
  const machine = new GameClient(user, systemClock, systemRandom);
  const parts = { machine, targets: { main, ...PEER_TARGETS }, clock: systemClock };
  return runForUser(parts, { keptOf: withoutPasswords, echoes: true });
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(matchSettings, Bun.argv.slice(2)), play));
