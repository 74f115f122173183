// Settings of the administration's program: what it is to do, and where the servers are.
import { SERVER_NAME_LENGTH_MAX } from "#actors/servers/server-name.ts";

import { InvalidSetting } from "../settings/command-line.ts";
import type { Settings } from "../settings/config.ts";
import { type Flag, flagTable, type IntegerFlag, isOnOff, type PlainSwitch } from "../settings/flags.ts";
import { HOST } from "../settings/server-flags.ts";
import { EVERY_MS_MAX, EVERY_MS_MIN } from "./limits.ts";
import { type Command, commandUsages, parseCommand } from "./typed-command.ts";

export interface AdminOptions {
  readonly command: Command;
  readonly host: string;
  readonly referencePort: number;
  readonly publisherPort: number;
  readonly serverPortBase: number;
  readonly timeoutMs: number;
  readonly isJson: boolean;
}

const port = (flag: string, environment: string, fallback: number, meaning: string): IntegerFlag => ({
  flag,
  environment,
  unit: "TCP port",
  fallback,
  min: 1,
  max: 65_535,
  meaning,
});

const REFERENCE_PORT = port("reference-port", "CORREIO_REFERENCE_PORT", 5_560, "where the reference is");
const PUBLISHER_PORT = port("publisher-port", "CORREIO_PUBLISHER_PORT", 5_557, "where announce publishes");
const SERVER_PORTS = port(
  "server-ports",
  "CORREIO_SERVER_PORTS",
  5_600,
  "plus its rank: where a server answers that is listed without a port",
);

const TIMEOUT: IntegerFlag = {
  flag: "timeout-ms",
  unit: "ms",
  fallback: 2_000,
  min: 1,
  max: 60_000,
  meaning: "for each answer",
};

const EVERY: IntegerFlag = {
  flag: "every-ms",
  unit: "ms",
  fallback: 1_000,
  min: EVERY_MS_MIN,
  max: EVERY_MS_MAX,
  meaning: "of live: between two looks, and at most for an answer",
};

const ALL: PlainSwitch = { flag: "all", unit: "switch", meaning: "of election: each server is asked" };
const JSON_OUTPUT: PlainSwitch = { flag: "json", unit: "switch", meaning: "what is found out, for programs" };

const FLAGS: readonly Flag[] = [HOST, REFERENCE_PORT, PUBLISHER_PORT, SERVER_PORTS, TIMEOUT, EVERY, ALL, JSON_OUTPUT];

/** What is no flag, and no flag's value, is the command and what belongs to it: `-250` too. */
export function splitArguments(args: readonly string[]) {
  const withValue = new Set(FLAGS.filter((flag) => flag.unit !== "switch" && !isOnOff(flag)).map(({ flag }) => flag));
  const words: string[] = [];
  const flags: string[] = [];
  let isValue = false;
  for (const argument of args) {
    const isFlag = argument.startsWith("--") || argument === "-h";
    (isFlag || isValue ? flags : words).push(argument);
    isValue = isFlag && withValue.has(argument.slice(2));
  }
  return { words, flags };
}

/** Of one command line's words. */
export function adminSettings(words: readonly string[]): Settings<AdminOptions> {
  return {
    flags: FLAGS,
    help: helpText,
    read: (settings) => {
      const isAll = settings.switched(ALL);
      const command = parseCommand(words, { isAll, everyMs: settings.integer(EVERY) });
      if (typeof command === "string") throw new InvalidSetting(command);
      if (isAll && command.kind !== "election") throw new InvalidSetting("--all: expected with election, got it alone");
      return {
        command,
        host: settings.text(HOST),
        referencePort: settings.integer(REFERENCE_PORT),
        publisherPort: settings.integer(PUBLISHER_PORT),
        serverPortBase: settings.integer(SERVER_PORTS),
        timeoutMs: settings.integer(TIMEOUT),
        isJson: settings.switched(JSON_OUTPUT),
      };
    },
  };
}

function helpText(): string {
  return [
    "Looks at the servers of messages, and acts on them, over ZeroMQ: at existing servers in Python too.",
    "",
    "usage: bun run admin COMMAND [flags]      a flag wins over the environment",
    "",
    ...commandUsages().map((line) => `  ${line}`),
    "",
    flagTable(FLAGS),
    "",
    `NAME is a server's, as list shows it: 1 to ${SERVER_NAME_LENGTH_MAX} characters.`,
    "TIME is in Unix seconds, or as 2026-11-20T09:11:00.250-03:00; +MS and -MS are milliseconds from what it shows.",
    "Offsets are from this machine's clock, plus or minus half the round trip; a server's own bound is from the",
    "time of the group, which the coordinator keeps.",
    "Exit code: 0 done, 1 something was refused or not answered, 2 a setting is wrong, 130 interrupted with Ctrl-C.",
  ].join("\n");
}
