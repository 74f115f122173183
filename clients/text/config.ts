// Settings of the menu client, and the page that --help prints.
import type { LinkTarget } from "../links/link.ts";
import { HOST, PORT } from "../load/flags.ts";
import { CommandLine, type Environment, type Flag, flagTable, InvalidSetting } from "../settings/command-line.ts";
import { authorityFrom, TLS, TLS_AUTHORITY } from "../settings/server-flags.ts";

const FLAGS: readonly Flag[] = [HOST, PORT, TLS, TLS_AUTHORITY];

export type TextConfig =
  | { readonly kind: "run"; readonly target: LinkTarget }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly reason: string };

/** A wrong value is named together with what was expected, in one line. */
export function parseConfig(args: readonly string[], environment: Environment = process.env): TextConfig {
  try {
    const settings = new CommandLine(args, FLAGS, environment);
    if (settings.wantsHelp) return { kind: "help", text: helpText() };
    const authority = authorityFrom(settings);
    const target: LinkTarget = {
      transport: settings.switched(TLS) ? "tls" : "tcp",
      host: settings.text(HOST),
      port: settings.integer(PORT),
      ...(authority === undefined ? {} : { authority }),
    };
    return { kind: "run", target };
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
