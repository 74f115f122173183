// Settings of the bots.
import type { LinkTarget } from "../links/link.ts";
import type { Settings } from "../settings/config.ts";
import { type Flag, flagTable, type IntegerFlag } from "../settings/flags.ts";
import { ZEROMQ_FLAGS, zeroMqTarget } from "./config.ts";

export interface BotOptions {
  readonly main: LinkTarget;
  readonly bots: number;
  readonly channels: number;
  /** What each bot does in a second, on average. */
  readonly rate: number;
  /** 0 = until it is interrupted. */
  readonly seconds: number;
  readonly seed: number;
}

const BOTS: IntegerFlag = {
  flag: "bots",
  unit: "count",
  fallback: 3,
  min: 1,
  max: 500,
  meaning: "bot-1, bot-2, ...",
};

const CHANNELS: IntegerFlag = {
  flag: "channels",
  unit: "count",
  fallback: 4,
  min: 1,
  max: 100,
  meaning: "canal-1, canal-2, ...: all bots subscribe to all of them",
};

const RATE: IntegerFlag = {
  flag: "rate",
  unit: "per second",
  fallback: 5,
  min: 1,
  max: 1_000,
  meaning: "what each bot does, at random times",
};

const SECONDS: IntegerFlag = {
  flag: "seconds",
  unit: "s",
  fallback: 0,
  min: 0,
  max: 1_000_000,
  meaning: "for so long; 0: until Ctrl-C",
};

const SEED: IntegerFlag = {
  flag: "seed",
  unit: "number",
  fallback: 1,
  min: 0,
  max: 4_294_967_295,
  meaning: "of all that is random",
};

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
