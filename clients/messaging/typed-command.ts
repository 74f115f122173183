// What a person typed: a choice of the menu, by its number or its name, with what belongs to it or without.
import { limits } from "#runtime/limits.ts";

import {
  commandHelp,
  type CommandTable,
  parseCommand,
  parseCount,
  type TypedCommand,
  type WrongLine,
} from "../terminal/command-table.ts";

/** What is undefined is asked for. */
export type Typed =
  | { readonly kind: "nothing" | "users" | "channels" | "quit" }
  | WrongLine
  | { readonly kind: "login"; readonly user: string | undefined }
  | { readonly kind: "create" | "follow" | "unfollow"; readonly channel: string | undefined }
  /** `to`: a channel, or a user. */
  | { readonly kind: "publish" | "message"; readonly to: string | undefined; readonly text: string | undefined }
  /** `of`: a channel, or `@`, which is one's own inbox. */
  | { readonly kind: "history"; readonly of: string | undefined; readonly count: number };

interface Choice extends TypedCommand<Typed> {
  readonly names: readonly string[];
}

/** Whose history is meant that is of no channel. */
export const OWN_INBOX = "@";

/** In the order of their numbers; the last is 0. */
const CHOICES: readonly Choice[] = [
  choice("1 login [NOME]", "entra com o seu nome", (rest) => ({ kind: "login", user: rest || undefined })),
  choice("2 usuários", "quem já entrou", alone("users")),
  choice("3 criar [CANAL]", "cria um canal", ofChannel("create")),
  choice("4 canais", "os canais que existem", alone("channels")),
  choice("5 publicar [CANAL [TEXTO]]", "publica num canal", (rest) => saying("publish", rest)),
  choice("6 mensagem [NOME [TEXTO]]", "mensagem direta a alguém", (rest) => saying("message", rest)),
  choice("7 inscrever [CANAL]", "mostra o que for publicado nele", ofChannel("follow")),
  choice("8 cancelar [CANAL]", "não mostra mais", ofChannel("unfollow")),
  choice("9 histórico [CANAL|@ [QUANTAS]]", "as últimas mensagens; @: as diretas a você", parseHistory),
  choice("0 sair", "sai do programa", alone("quit")),
];

const COMMANDS: CommandTable<Typed> = new Map(CHOICES.flatMap((each) => each.names.map((name) => [name, each])));

export function parseTyped(line: string): Typed {
  const [, name = "", rest = ""] = /^\s*(\S*)\s*(.*?)\s*$/su.exec(line) ?? [];
  if (name === "") return { kind: "nothing" };
  const wrong: WrongLine = { kind: "wrong", usage: "Escolha de 0 a 9, ou o nome da opção; Enter mostra o menu." };
  return parseCommand(COMMANDS, plain(name), rest) ?? wrong;
}

/** One line for each choice. */
export function menuLines(): readonly string[] {
  return commandHelp(new Map(CHOICES.map((each) => [each.usage, each]))).map((line) => `  ${line}`);
}

function choice(usage: string, help: string, parse: Choice["parse"]): Choice {
  return { usage, help, parse, names: usage.split(" ").slice(0, 2).map(plain) };
}

/** Without its accents: not every keyboard has them. */
function plain(name: string): string {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function alone(kind: "users" | "channels" | "quit"): Choice["parse"] {
  return (rest) => (rest === "" ? { kind } : undefined);
}

/** No name of a channel has a blank in it. */
function ofChannel(kind: "create" | "follow" | "unfollow"): Choice["parse"] {
  return (rest) => (/\s/u.test(rest) ? undefined : { kind, channel: rest || undefined });
}

/** Names of users may have blanks: then in quotation marks. */
function saying(kind: "publish" | "message", rest: string): Typed {
  const [, quoted, word, text] = /^(?:"([^"]*)"|(\S+))(?:\s+(.+))?$/su.exec(rest) ?? [];
  return { kind, to: (quoted ?? word) || undefined, text };
}

function parseHistory(rest: string): Typed | undefined {
  const [, of, number = ""] = /^(\S+)(?:\s+(\S+))?$/u.exec(rest) ?? [];
  const count = parseCount(number, limits.historyPage, limits.historyPageMax);
  return count === undefined || (rest !== "" && of === undefined) ? undefined : { kind: "history", of, count };
}
