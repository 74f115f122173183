// What a person typed: something to say, or a command of this client.
import { parseId, parseRoomName } from "#actors/chat/names.ts";

import { commandHelp, type CommandTable, parseCommand, parseCount, type WrongLine } from "../terminal/command-table.ts";

export type Typed =
  | { readonly kind: "nothing" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "join"; readonly room: string }
  /** Undefined: the current room. */
  | { readonly kind: "leave"; readonly room: string | undefined }
  | { readonly kind: "room"; readonly room: string }
  | { readonly kind: "rooms" }
  | { readonly kind: "msg"; readonly id: string; readonly text: string }
  | { readonly kind: "who" }
  | { readonly kind: "history"; readonly count: number }
  | { readonly kind: "raw"; readonly command: string }
  | { readonly kind: "quit" }
  | { readonly kind: "help" }
  | WrongLine;

/** Messages that `/history` shows, unless a number is given, and at most. */
const HISTORY_COUNT = 20;
const HISTORY_COUNT_MAX = 100;

const COMMANDS: CommandTable<Typed> = new Map([
  ["join", { usage: "/join sala", help: "entra numa sala e fala nela", parse: (rest) => inRoom("join", rest) }],
  ["leave", { usage: "/leave [sala]", help: "sai da sala", parse: parseLeave }],
  ["room", { usage: "/room [sala]", help: "fala noutra sala; sem nome, diz em quais você está", parse: parseRoom }],
  ["msg", { usage: "/msg nome texto", help: "mensagem direta", parse: parseDirect }],
  ["who", { usage: "/who", help: "quem está na sala, com endereço e porta", parse: alone({ kind: "who" }) }],
  ["history", { usage: "/history [quantas]", help: "as últimas mensagens da sala, de novo", parse: parseHistory }],
  ["raw", { usage: "/raw COMANDO", help: "um comando do servidor, como está", parse: parseRaw }],
  ["help", { usage: "/help", help: "esta lista", parse: alone({ kind: "help" }) }],
  ["quit", { usage: "/quit", help: "sai do chat", parse: alone({ kind: "quit" }) }],
]);

/** What begins with `/` is a command of the client; with `//`, it is said with one. */
export function parseTyped(line: string): Typed {
  const text = line.trim();
  if (text === "") return { kind: "nothing" };
  if (!text.startsWith("/")) return { kind: "say", text };
  if (text.startsWith("//")) return { kind: "say", text: text.slice(1) };
  const [, name = "", rest = ""] = /^\/(\S*)\s*(.*)$/su.exec(text) ?? [];
  return parseCommand(COMMANDS, name, rest) ?? { kind: "wrong", usage: "/help lista os comandos" };
}

/** For `/help`, one line each. */
export function clientCommands(): readonly string[] {
  return commandHelp(COMMANDS);
}

function alone(typed: Typed): (rest: string) => Typed | undefined {
  return (rest) => (rest === "" ? typed : undefined);
}

function inRoom(kind: "join" | "room", rest: string): Typed | undefined {
  const room = parseRoomName(rest);
  return room === undefined ? undefined : { kind, room };
}

function parseRoom(rest: string): Typed | undefined {
  return rest === "" ? { kind: "rooms" } : inRoom("room", rest);
}

function parseLeave(rest: string): Typed | undefined {
  const room = rest === "" ? undefined : parseRoomName(rest);
  return rest !== "" && room === undefined ? undefined : { kind: "leave", room };
}

function parseDirect(rest: string): Typed | undefined {
  const [, name = "", text = ""] = /^(\S+)\s+(.+)$/su.exec(rest) ?? [];
  const id = parseId(name);
  return id === undefined ? undefined : { kind: "msg", id, text };
}

function parseHistory(rest: string): Typed | undefined {
  const count = parseCount(rest, HISTORY_COUNT, HISTORY_COUNT_MAX);
  return count === undefined ? undefined : { kind: "history", count };
}

function parseRaw(rest: string): Typed | undefined {
  return rest === "" ? undefined : { kind: "raw", command: rest };
}
