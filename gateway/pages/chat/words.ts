// What the chat page says, in the words of the terminal client.
import type { Refusal } from "./server-line.ts";

/** Of who leaves; other reasons stand there as they are. */
const REASONS: Readonly<Record<string, string>> = {
  left: "saiu da sala",
  exit: "saiu do chat",
  connection_lost: "perdeu a conexão",
  idle_timeout: "ficou em silêncio tempo demais",
};

/** What a person can do about it here. */
const HINTS: Readonly<Record<string, string>> = {
  "chat.id_in_use": "Depois de uma queda o nome fica reservado por até um minuto.",
};

/** Where the server speaks of its commands, or to a program. */
const REFUSALS: Readonly<Record<string, string>> = {
  "account.needs_tls": "Este servidor só aceita senhas por uma conexão cifrada.",
  "chat.login_needed": "Este nome tem senha: escreva a senha para entrar.",
  "text.bad_arguments": "O servidor não entendeu o pedido.",
};

const NOTICES: Readonly<Record<string, string>> = {
  plain_login: "A senha viajou sem cifra: esta página não veio por TLS.",
};

export function refusalText({ code, text }: Pick<Refusal, "code" | "text">): string {
  const hint = HINTS[code];
  return hint === undefined ? (REFUSALS[code] ?? text) : `${text} ${hint}`;
}

export const noticeText = (code: string, text: string): string => NOTICES[code] ?? text;

export const cameText = (id: string): string => `${id} entrou.`;

export const wentText = (id: string, reason: string): string => `${id} saiu: ${REASONS[reason] ?? reason}.`;

export const sentText = (to: string, text: string): string => `Você para ${to.slice(1)}: ${text}`;

export const notSentText = (text: string, why: string): string => `Não enviada: “${text}”. ${why}`;

export const NAME_RULE = "1 a 32 letras, dígitos, _ . -, começando por letra ou dígito";
export const TOO_LONG = "Não enviada: a mensagem é longa demais.";
export const TOO_MANY_WAIT = "Não enviada: mensagens demais esperam confirmação.";
export const WRONG_ROOM = `Nome de sala inválido: ${NAME_RULE}.`;
export const WRONG_NAME = `Nome inválido: ${NAME_RULE}.`;
export const ANOTHER_TOOK_OVER = "Outra aba ou conexão assumiu este nome.";
