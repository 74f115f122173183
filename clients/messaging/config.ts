// Settings of the messaging client.
import { parseUserName } from "#actors/messaging/names.ts";

import type { LinkTarget } from "../links/link.ts";
import { type CommandLine, InvalidSetting } from "../settings/command-line.ts";
import type { Settings } from "../settings/config.ts";
import { type Flag, flagTable, type IntegerFlag, type TextFlag } from "../settings/flags.ts";
import { HOST } from "../settings/server-flags.ts";
import { menuLines } from "./typed-command.ts";

export interface MessagingOptions {
  readonly main: LinkTarget;
  /** To log in as at once; undefined where nobody is named. */
  readonly user: string | undefined;
}

const REQUEST_PORT: IntegerFlag = {
  flag: "port",
  environment: "CORREIO_MESSAGING_PORT",
  unit: "TCP port",
  fallback: 5_555,
  min: 1,
  max: 65_535,
  meaning: "where it takes requests, over ZeroMQ",
};

const SUBSCRIBER_PORT: IntegerFlag = {
  flag: "subscriber-port",
  environment: "CORREIO_SUBSCRIBER_PORT",
  unit: "TCP port",
  fallback: 5_558,
  min: 1,
  max: 65_535,
  meaning: "where its publications come from",
};

/** Where the server is. */
export const ZEROMQ_FLAGS: readonly Flag[] = [HOST, REQUEST_PORT, SUBSCRIBER_PORT];

const USER: TextFlag = { flag: "user", unit: "name", fallback: "", meaning: "who logs in, at once" };

const FLAGS: readonly Flag[] = [...ZEROMQ_FLAGS, USER];

export const messagingSettings: Settings<MessagingOptions> = {
  flags: FLAGS,
  help: helpText,
  read: (settings) => ({ main: zeroMqTarget(settings), user: userFrom(settings.text(USER)) }),
};

export function zeroMqTarget(settings: CommandLine): LinkTarget {
  return {
    transport: "zeromq",
    host: settings.text(HOST),
    port: settings.integer(REQUEST_PORT),
    publicationsPort: settings.integer(SUBSCRIBER_PORT),
  };
}

function userFrom(text: string): string | undefined {
  const user = parseUserName(text);
  if (text === "" || user !== undefined) return user;
  const expected = "1 to 64 characters, blanks only within, and not a reserved name";
  throw new InvalidSetting(`--user: expected ${expected}, got ${JSON.stringify(text)}`);
}

function helpText(): string {
  return [
    "Channels and direct messages over ZeroMQ, from a numbered menu; comes back by itself and goes on where it was.",
    "",
    "usage: bun run messaging [flags]      a flag wins over the environment",
    "",
    flagTable(FLAGS),
    "",
    "A choice is typed as its number or its name; what is missing is asked for, and Enter shows the menu again:",
    ...menuLines(),
    "",
    "Without a terminal it reads lines from its input, one after the other, and ends with them.",
    "Exit code: 0 left in good order, 1 something was refused (without a terminal) or not answered,",
    "2 a setting is wrong, 130 interrupted with Ctrl-C.",
  ].join("\n");
}
