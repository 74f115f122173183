// Every no that a request can get: what it is counted as, and what it says. Existing clients show the text to people.
import { limits } from "#runtime/mod.ts";

import type { ClockProblem } from "./desk.ts";

export interface Problem {
  readonly reason: string;
  readonly text: string;
}

const NAME = `de 1 a ${limits.messagingNameLengthMax} caracteres`;

/** A reason of ours; whatever else a request fails for is counted by the code of that. */
const problem = (reason: string, text: string): Problem => ({ reason: `messaging.${reason}`, text });

export const problems = {
  badRequest: problem("bad_request", "Pedido inválido: esperado um mapa {service, data}."),
  unknownService: problem("unknown_service", "servico desconhecido"),
  badId: problem("bad_id", `id inválido: esperado um texto de 1 a ${limits.messagingIdLengthMax} caracteres.`),
  badUser: problem("bad_user", `Nome de usuário inválido ou reservado: ${NAME}, sem espaços nas pontas.`),
  badChannel: problem("bad_channel", `Nome de canal inválido ou reservado: ${NAME}, sem espaços.`),
  badText: problem("bad_text", "Mensagem inválida: esperado um texto."),
  textTooLong: problem("text_too_long", `Mensagem longa demais: até ${limits.messagingTextLengthMax} caracteres.`),
  badFeed: problem("bad_feed", "Histórico de quê? Esperado 'channel' ou 'user', um dos dois."),
  badPage: problem("bad_page", `Página inválida: 'after' de 0 em diante, 'count' de 1 a ${limits.historyPageMax}.`),
  noChannel: problem("no_channel", "Canal não existe."),
  noReceiver: problem("no_user", "Usuário de destino não existe."),
  noUser: problem("no_user", "Usuário não existe."),
  tooManyUsers: problem("too_many_users", `Limite de ${limits.messagingUsersMax} usuários atingido.`),
  tooManyChannels: problem("too_many_channels", `Limite de ${limits.messagingChannelsMax} canais atingido.`),
} as const;

const CLOCK_TEXTS: Readonly<Record<ClockProblem, string>> = {
  bad_clock: "inválido",
  clock_from_future: "muito adiantado",
};

export function clockProblem(field: "clock" | "hlc", why: ClockProblem): Problem {
  return problem(why, `${field} ${CLOCK_TEXTS[why]}`);
}

export function channelExists(channel: string): Problem {
  return problem("channel_exists", `Canal '${channel}' já existe.`);
}

/** The code of a `RuntimeError`: it was not done, or nobody knows. */
export function unavailable(code: string): Problem {
  return { reason: code, text: "Serviço indisponível agora; tente de novo." };
}
