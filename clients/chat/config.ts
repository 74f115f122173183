// Settings of the chat client.
import { parseId, parseRoomName } from "#actors/chat/names.ts";

import type { LinkTarget } from "../links/link.ts";
import { type CommandLine, InvalidSetting } from "../settings/command-line.ts";
import type { Settings } from "../settings/config.ts";
import { datagramTarget, mainTarget, UDP_PORT } from "../settings/server-flags.ts";
import { CHAT_FLAGS, chatHelp, ID, PASSWORD, ROOM, TRANSPORT } from "./flags.ts";

export interface ChatOptions {
  readonly id: string;
  readonly room: string;
  readonly main: LinkTarget;
  /** Of hybrid mode; a port of 0 is the one that the server names. */
  readonly data: LinkTarget | undefined;
  /** Undefined where it is to be asked for, or is not needed. */
  readonly password: string | undefined;
  readonly asksPassword: boolean;
}

export const chatSettings: Settings<ChatOptions> = {
  flags: CHAT_FLAGS,
  help: chatHelp,
  read: (settings, environment) => optionsFrom(settings, environment["CORREIO_PASSWORD"] ?? ""),
};

function optionsFrom(settings: CommandLine, password: string): ChatOptions {
  const transport = settings.choice(TRANSPORT);
  const datagrams = datagramTarget(settings);
  const asksPassword = settings.switched(PASSWORD);
  return {
    id: settings.name(ID, parseId),
    room: settings.name(ROOM, parseRoomName),
    main: mainTarget(settings, transport),
    data: transport === "hybrid" ? { ...datagrams, port: settings.isGiven(UDP_PORT) ? datagrams.port : 0 } : undefined,
    password: password === "" ? undefined : checkPassword(password),
    asksPassword: asksPassword && password === "",
  };
}

/** It is a word of a command. */
export function checkPassword(password: string): string {
  if (/^\S{1,128}$/u.test(password)) return password;
  throw new InvalidSetting("password: expected 1 to 128 characters without blanks, got another");
}
