// The chat client's settings, and the page that --help prints.
import { type ChoiceFlag, type Flag, flagTable, type IntegerFlag } from "../settings/flags.ts";
import type { PlainSwitch, TextFlag } from "../settings/flags.ts";
import { HOST, PORT, TLS, TLS_AUTHORITY, UDP_PORT } from "../settings/server-flags.ts";
import { clientCommands } from "./typed-line.ts";

export const ID: TextFlag = {
  flag: "id",
  environment: "CORREIO_ID",
  unit: "name",
  fallback: "",
  meaning: "who you are: 1 to 32 letters, digits, _ . -",
};

export const ROOM: TextFlag = { flag: "room", unit: "name", fallback: "lobby", meaning: "the room to enter" };

export const TRANSPORT: ChoiceFlag<"tcp" | "udp" | "hybrid"> = {
  flag: "transport",
  unit: "name",
  fallback: "tcp",
  choices: ["tcp", "udp", "hybrid"],
  meaning: "hybrid: who is who by TCP, messages by UDP while that works",
};

/** The server names its port on TCP. */
const HYBRID_PORT: IntegerFlag = {
  ...UDP_PORT,
  meaning: "where it takes datagrams; hybrid asks the server unless this is given",
};

export const PASSWORD: PlainSwitch = {
  flag: "password",
  unit: "switch",
  meaning: "the id has an account: its password is asked for, or taken from CORREIO_PASSWORD",
};

export const CHAT_FLAGS: readonly Flag[] = [ID, ROOM, TRANSPORT, HOST, PORT, HYBRID_PORT, PASSWORD, TLS, TLS_AUTHORITY];

export function chatHelp(): string {
  return [
    "Chat over TCP, UDP or both: sends and receives at once, comes back by itself and goes on where it was.",
    "",
    "usage: bun run chat --id NAME [flags]      a flag wins over the environment",
    "",
    flagTable(CHAT_FLAGS),
    "",
    "What is typed is said in the room. Besides:",
    ...clientCommands().map((line) => `  ${line}`),
    "",
    "Without a terminal it reads lines from its input and ends when all of them are acknowledged.",
    "Exit code: 0 left in good order, 1 refused or something was not acknowledged, 2 a setting is wrong,",
    "130 interrupted with Ctrl-C.",
  ].join("\n");
}
