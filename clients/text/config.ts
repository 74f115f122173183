// Settings of the menu client.
import type { LinkTarget } from "../links/link.ts";
import type { Settings } from "../settings/config.ts";
import { type ChoiceFlag, type Flag, flagTable } from "../settings/flags.ts";
import { HOST, mainTarget, PORT, TLS, TLS_AUTHORITY, UDP_PORT } from "../settings/server-flags.ts";

const TRANSPORT: ChoiceFlag<"tcp" | "udp"> = {
  flag: "transport",
  unit: "name",
  fallback: "tcp",
  choices: ["tcp", "udp"],
  meaning: "udp: by datagrams that arrive, once and in order",
};

const FLAGS: readonly Flag[] = [TRANSPORT, HOST, PORT, UDP_PORT, TLS, TLS_AUTHORITY];

/** Where the server is. */
export const textSettings: Settings<LinkTarget> = {
  flags: FLAGS,
  help: helpText,
  read: (settings) => mainTarget(settings, settings.choice(TRANSPORT)),
};

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
