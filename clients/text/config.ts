// Settings of the menu client, and the page that --help prints.
import type { LinkTarget } from "../links/link.ts";
import { HOST, PORT } from "../load/flags.ts";
import {
  type ChoiceFlag,
  CommandLine,
  type Environment,
  type Flag,
  flagTable,
  InvalidSetting,
} from "../settings/command-line.ts";
import { mainTarget, TLS, TLS_AUTHORITY, UDP_PORT } from "../settings/server-flags.ts";

const TRANSPORT: ChoiceFlag<"tcp" | "udp"> = {
  flag: "transport",
  unit: "name",
  fallback: "tcp",
  choices: ["tcp", "udp"],
  meaning: "udp: by datagrams that arrive, once and in order",
};

const FLAGS: readonly Flag[] = [TRANSPORT, HOST, PORT, UDP_PORT, TLS, TLS_AUTHORITY];

export type TextConfig =
  | { readonly kind: "run"; readonly target: LinkTarget }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly reason: string };

/** A wrong value is named together with what was expected, in one line. */
export function parseConfig(args: readonly string[], environment: Environment = process.env): TextConfig {
  try {
    const settings = new CommandLine(args, FLAGS, environment);
    if (settings.wantsHelp) return { kind: "help", text: helpText() };
    return { kind: "run", target: mainTarget(settings, settings.choice(TRANSPORT)) };
  } catch (error) {
    if (error instanceof InvalidSetting) return { kind: "invalid", reason: error.message };
    throw error;
  }
}

function helpText(): string {
  return [
    "Commands of the text server from a numbered menu; it connects again by itself when the connection is lost.",
    "",
    "usage: bun run text [flags]      a flag wins over the environment",
    "",
    flagTable(FLAGS),
    "",
    "A number is a choice of the menu, Enter shows it again, and any other line is a command as it stands.",
    "Without a terminal it reads lines from its input, and says EXIT at its end.",
    "Exit code: 0 left in good order, 1 the connection was lost while leaving, 2 a setting is wrong,",
    "130 interrupted with Ctrl-C.",
  ].join("\n");
}
