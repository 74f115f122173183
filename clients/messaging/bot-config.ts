// Settings of the bots.
import type { LinkTarget } from "../links/link.ts";
import type { Settings } from "../settings/config.ts";
import { type Flag, flagTable, type IntegerFlag } from "../settings/flags.ts";
import { ZEROMQ_FLAGS, zeroMqTarget } from "./config.ts";

export interface BotOptions {
  readonly main: LinkTarget;
  readonly bots: number;
  readonly channels: number;
  /** Messages of each bot in a second, on average. */
  readonly rate: number;
  /** 0 = until it is interrupted. */
  readonly seconds: number;
  readonly seed: number;
}

const flag = (name: string, fallback: number, [min, max]: readonly [number, number], meaning: string): IntegerFlag => ({
  flag: name,
  unit: "count",
  fallback,
  min,
  max,
  meaning,
});

const BOTS = flag("bots", 3, [1, 500], "how many there are: bot-1, bot-2, ...");
const CHANNELS = flag("channels", 4, [1, 100], "which all of them subscribe to: canal-1, canal-2, ...");
const RATE = flag("rate", 5, [1, 1_000], "messages of each bot in a second, at random times");
const SECONDS = flag("seconds", 0, [0, 1_000_000], "for so long; 0: until Ctrl-C");
const SEED = flag("seed", 1, [0, 4_294_967_295], "of all that is random");

const FLAGS: readonly Flag[] = [...ZEROMQ_FLAGS, BOTS, CHANNELS, RATE, SECONDS, SEED];

export const botSettings: Settings<BotOptions> = {
  flags: FLAGS,
  help: helpText,
  read: (settings) => ({
    main: zeroMqTarget(settings),
    bots: settings.integer(BOTS),
    channels: settings.integer(CHANNELS),
    rate: settings.integer(RATE),
    seconds: settings.integer(SECONDS),
    seed: settings.integer(SEED),
  }),
};

function helpText(): string {
  return [
    "Bots over ZeroMQ: they log in, publish in channels, write to each other, and check all that comes of it.",
    "",
    "usage: bun run bot [flags]      a flag wins over the environment",
    "",
    flagTable(FLAGS),
    "",
    "Whatever one of them has published, and the server has acknowledged, must come to each of them once, and in the",
    "order of its number, also when the server is killed and comes back meanwhile.",
    "Exit code: 0 all was well, 1 something was not, 2 a setting is wrong.",
  ].join("\n");
}
