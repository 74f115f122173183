// Settings of the match client.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

import { parseId } from "#actors/chat/names.ts";

import type { LinkTarget } from "../links/link.ts";
import { type CommandLine, InvalidSetting } from "../settings/command-line.ts";
import type { Settings } from "../settings/config.ts";
import { type Flag, flagTable, type IntegerFlag, type TextFlag } from "../settings/flags.ts";
import { HOST } from "../settings/server-flags.ts";
import { helpLines } from "./typed-command.ts";

export interface MatchOptions {
  readonly main: LinkTarget;
  /** To log in as; undefined where nobody is named. */
  readonly user: string | undefined;
}

/** Whom every server's certificate is for, wherever it runs. */
const SERVER_NAME = "jogo-da-velha-server";

const MATCH_PORT: IntegerFlag = {
  flag: "port",
  environment: "CORREIO_MATCH_TLS_PORT",
  unit: "TCP port",
  fallback: 3_001,
  min: 1,
  max: 65_535,
  meaning: "where it takes modern clients, over TLS",
};

const CERT: TextFlag = {
  flag: "cert",
  environment: "CORREIO_MATCH_CERT",
  unit: "file",
  fallback: "data/cert.pem",
  meaning: "the server's certificate in PEM: this one alone is trusted",
};

const USER: TextFlag = { flag: "user", unit: "name", fallback: "", meaning: "who logs in; the password is asked for" };

const FLAGS: readonly Flag[] = [HOST, MATCH_PORT, CERT, USER];

export const matchSettings: Settings<MatchOptions> = { flags: FLAGS, help: helpText, read: optionsFrom };

function optionsFrom(settings: CommandLine): MatchOptions {
  return {
    main: {
      transport: "tls",
      host: settings.text(HOST),
      port: settings.integer(MATCH_PORT),
      authority: certificateIn(settings.text(CERT)),
      serverName: SERVER_NAME,
    },
    user: settings.text(USER) === "" ? undefined : settings.name(USER, parseId),
  };
}

/** In PEM. */
function certificateIn(file: string): string {
  const named = JSON.stringify(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    const whence = "the server makes it at its first start: copy it from there";
    throw new InvalidSetting(
      `--cert: expected the server's certificate, a file that can be read, got ${named} (${whence})`,
    );
  }
  try {
    void new X509Certificate(text);
  } catch {
    throw new InvalidSetting(`--cert: expected a certificate in PEM, got ${named}`);
  }
  return text;
}

function helpText(): string {
  return [
    "Tic-tac-toe against others, peer to peer or on the server; comes back by itself and goes on where it was.",
    "",
    "usage: bun run match [flags]      a flag wins over the environment",
    "",
    flagTable(FLAGS),
    "",
    "Commands:",
    ...helpLines().map((line) => `  ${line}`),
    "",
    "Without a terminal it reads lines from its input, one after the other: yes and no to invitations when they come,",
    "moves when it is our turn. A password that is asked for is the next line.",
    "Exit code: 0 left in good order, 1 not all was done, 2 a setting is wrong, 130 interrupted with Ctrl-C.",
  ].join("\n");
}
