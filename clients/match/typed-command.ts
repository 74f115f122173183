// What a person typed: a command of the match client, with its arguments.
import { parseId } from "#actors/chat/names.ts";
import { cellAt } from "#actors/match/rules.ts";

import { commandHelp, type CommandTable, parseCommand, parseCount, type WrongLine } from "../terminal/command-table.ts";
import { refusalText } from "./sentences.ts";

export type Typed =
  | { readonly kind: "nothing" }
  | WrongLine
  | { readonly kind: "list" | "leaders" | "matches" | "delay" | "end" | "logout" | "exit" | "help" }
  /** Undefined: it is asked for. */
  | { readonly kind: "adduser" | "login"; readonly name: string; readonly password: string | undefined }
  | { readonly kind: "passwd"; readonly passwords: readonly [old: string, fresh: string] | undefined }
  | { readonly kind: "begin"; readonly name: string; readonly isHosted: boolean }
  /** 0 to 8. */
  | { readonly kind: "send"; readonly cell: number }
  /** A player's name or a match's id. */
  | { readonly kind: "watch"; readonly target: string }
  /** Undefined: all that are watched. */
  | { readonly kind: "unwatch"; readonly id: string | undefined }
  | { readonly kind: "top"; readonly count: number }
  | { readonly kind: "around"; readonly name: string | undefined };

const TOP_COUNT = 10;
const TOP_COUNT_MAX = 100;
const PASSWORD = /^[^;\p{Cc}]{1,128}$/u;
const NEXT = "A senha pode vir atrás do nome; sem ela, é pedida.";

const WRONG_NAME: WrongLine = { kind: "wrong", usage: refusalText("Invalid Username") };
const WRONG_PASSWORD: WrongLine = { kind: "wrong", usage: refusalText("Invalid Password") };

const COMMANDS: CommandTable<Typed> = new Map([
  ["adduser", { usage: "adduser NOME [SENHA]", help: "cria uma conta", parse: account("adduser") }],
  ["login", { usage: "login NOME [SENHA]", help: "entra com ela", parse: account("login") }],
  ["passwd", { usage: "passwd [ATUAL NOVA]", help: "troca a senha", parse: parsePasswords }],
  ["list", { usage: "list", help: "quem está conectado", parse: alone("list") }],
  ["leaders", { usage: "leaders", help: "o placar", parse: alone("leaders") }],
  ["top", { usage: "top [QUANTOS]", help: "os primeiros do placar, com a posição", parse: parseTop }],
  ["around", { usage: "around [NOME]", help: "quem está perto, no placar", parse: parseAround }],
  ["begin", { usage: "begin NOME [hosted]", help: "convida; hosted: o servidor guarda e decide", parse: parseBegin }],
  ["send", { usage: "send LINHA COLUNA", help: "joga, de 1 a 3", parse: parseSend }],
  ["delay", { usage: "delay", help: "o atraso até o adversário ou o servidor", parse: alone("delay") }],
  ["end", { usage: "end", help: "desiste da partida", parse: alone("end") }],
  ["matches", { usage: "matches", help: "as partidas no servidor", parse: alone("matches") }],
  ["watch", { usage: "watch NOME|ID", help: "assiste a uma delas", parse: parseWatch }],
  ["unwatch", { usage: "unwatch [ID]", help: "não assiste mais", parse: parseUnwatch }],
  ["logout", { usage: "logout", help: "sai da conta", parse: alone("logout") }],
  ["exit", { usage: "exit", help: "sai do programa", parse: alone("exit") }],
  ["help", { usage: "help", help: "esta lista", parse: alone("help") }],
]);

export function parseTyped(line: string): Typed {
  const [, name = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/su.exec(line) ?? [];
  if (name === "") return { kind: "nothing" };
  return (
    parseCommand(COMMANDS, name, rest) ?? { kind: "wrong", usage: "Comando desconhecido; help lista os comandos." }
  );
}

/** For `help`, one line each. */
export function helpLines(): readonly string[] {
  return [...commandHelp(COMMANDS), NEXT];
}

/** It is a field of a command. */
export function isPassword(text: string): boolean {
  return PASSWORD.test(text);
}

type Parse = (rest: string) => Typed | undefined;

function alone(kind: "list" | "leaders" | "matches" | "delay" | "end" | "logout" | "exit" | "help"): Parse {
  return (rest) => (rest === "" ? { kind } : undefined);
}

function account(kind: "adduser" | "login"): Parse {
  return (rest) => {
    const [, first = "", password] = /^(\S+)(?:\s+(.+))?$/su.exec(rest) ?? [];
    const name = parseId(first);
    if (first === "") return undefined;
    if (name === undefined) return WRONG_NAME;
    return password === undefined || isPassword(password) ? { kind, name, password } : WRONG_PASSWORD;
  };
}

function parsePasswords(rest: string): Typed | undefined {
  if (rest === "") return { kind: "passwd", passwords: undefined };
  const [old = "", fresh = "", ...more] = rest.split(/\s+/u);
  if (more.length > 0 || fresh === "") return undefined;
  if (!isPassword(old) || !isPassword(fresh)) return WRONG_PASSWORD;
  return { kind: "passwd", passwords: [old, fresh] };
}

function parseBegin(rest: string): Typed | undefined {
  const [first = "", mode, ...more] = rest.split(/\s+/u);
  const name = parseId(first);
  const isHosted = mode?.toLowerCase() === "hosted";
  if (first === "" || more.length > 0 || (mode !== undefined && !isHosted)) return undefined;
  return name === undefined ? WRONG_NAME : { kind: "begin", name, isHosted };
}

function parseSend(rest: string): Typed | undefined {
  const [, row, column] = /^(\d)\s+(\d)$/u.exec(rest) ?? [];
  const cell = cellAt(Number(row), Number(column));
  return cell === undefined ? undefined : { kind: "send", cell };
}

function parseTop(rest: string): Typed | undefined {
  const count = parseCount(rest, TOP_COUNT, TOP_COUNT_MAX);
  return count === undefined ? undefined : { kind: "top", count };
}

function parseAround(rest: string): Typed | undefined {
  const name = parseId(rest);
  return rest !== "" && name === undefined ? WRONG_NAME : { kind: "around", name };
}

/** Ids of matches look like names. */
function parseWatch(rest: string): Typed | undefined {
  const target = parseId(rest);
  return target === undefined ? undefined : { kind: "watch", target };
}

function parseUnwatch(rest: string): Typed | undefined {
  const id = parseId(rest);
  return rest !== "" && id === undefined ? undefined : { kind: "unwatch", id };
}
