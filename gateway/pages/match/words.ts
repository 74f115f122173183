// What the match page says, in the words of the terminal client.
import { isPlayer, markOf, type SeenMatch } from "./seen-match.ts";
import { columnOf, rowOf } from "./server-message.ts";

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["USEREXISTS", "Esse nome já tem conta."],
  ["Invalid Username", "Nome inválido: 1 a 32 letras, dígitos, _ . -, começando por letra ou dígito."],
  ["Invalid Password", "Senha inválida: 1 a 128 caracteres, sem ponto e vírgula."],
  ["Wrong Password", "Senha errada."],
  ["Wrong Key", "O servidor não reconhece mais esta aba: entre de novo."],
  ["Username not found", "Não há conta com esse nome."],
  ["User already logged in", "Essa conta já está em uso."],
  ["Not logged in", "Entre antes."],
  ["TLS connection required", "Este servidor só aceita senhas por uma conexão cifrada; sem ela só dá para assistir."],
  ["Invited user not connected", "Essa pessoa não está conectada."],
  ["Inviting User currently in a match", "Para o servidor, você ainda está em uma partida."],
  ["Invited user currently in a match", "Essa pessoa está em uma partida."],
  ["Cannot invite yourself", "Ninguém joga contra si mesmo."],
  ["Already inviting", "Você já tem um convite à espera de resposta."],
  ["Invited user has invited you", "Essa pessoa já convidou você: responda ao convite dela."],
  ["Too many invitations", "Essa pessoa tem convites demais à espera."],
  ["Invited user cannot play hosted matches", "O cliente dessa pessoa não conhece partidas no servidor."],
  ["No such invitation", "Esse convite não vale mais."],
  ["Inviting user not connected", "Quem convidou não está mais conectado."],
  ["Match could not start", "A partida não pôde começar."],
  ["not_in_match", "Você não está em uma partida."],
  ["not_your_turn", "Não é a sua vez."],
  ["occupied", "Essa casa está ocupada."],
  ["off_board", "Essa casa não existe."],
  ["ended", "A partida já acabou."],
  ["wrong_number", "Essa jogada chegou fora de hora."],
  ["No such match", "Não há essa partida."],
  ["Too many attempts", "Tentativas demais; espere um pouco."],
  ["Server busy", "O servidor está ocupado; tente de novo."],
  ["Try again", "Não deu certo agora; tente de novo."],
]);

/** Of a moment: the same may be asked again. */
const PASSING: ReadonlySet<string> = new Set(["Too many attempts", "Server busy", "Try again"]);

const REASONS: ReadonlyMap<string, string> = new Map([
  ["line", "três em linha"],
  ["board_full", "tabuleiro cheio"],
  ["resigned", "desistência"],
  ["turn_clock", "tempo esgotado"],
  ["not_started", "a partida não começou"],
]);

export const refusalText = (reason: string): string => REFUSALS.get(reason) ?? `O servidor recusou: ${reason}`;

export const isPassing = (reason: string): boolean => PASSING.has(reason);

const reasonText = (reason: string): string => REASONS.get(reason) ?? reason;

/** Whose turn it is, or how it ended; `self` is empty for whoever only watches. */
export function standingText(match: SeenMatch, self: string): string {
  const { next, result } = match;
  if (result !== undefined) return endText(match, result, self);
  if (next === "") return "A partida está começando.";
  return next === self ? `Sua vez (${markOf(match, next)}).` : `Vez de ${next} (${markOf(match, next)}).`;
}

function endText(match: SeenMatch, { winner, reason }: { winner: string; reason: string }, self: string): string {
  const why = reasonText(reason);
  if (reason === "not_started") return "A partida não começou.";
  if (winner === "") return `Empate: ${why}.`;
  if (!isPlayer(match, self)) return `${winner} venceu: ${why}.`;
  return `${winner === self ? "Você venceu" : "Você perdeu"}: ${why}.`;
}

/** The last move, for those who do not see the board. */
export function lastMoveText(match: SeenMatch, self: string): string {
  const cell = match.moves.at(-1);
  if (cell === undefined || match.moves.length !== match.count) return "";
  const who = match.moves.length % 2 === 1 ? match.host : match.guest;
  return `${who === self ? "Você" : who} jogou ${rowOf(cell)} ${columnOf(cell)}.`;
}

export const awayText = (who: string): string => `${who} perdeu a conexão; o relógio continua.`;

export const declinedText = (guest: string): string => `${guest} não aceitou o convite.`;

export const peerInviteText = (host: string): string =>
  `${host} convidou para uma partida direta, que o navegador não joga; o convite foi recusado.`;

export const NAME_RULE = "1 a 32 letras, dígitos, _ . -, começando por letra ou dígito";
export const WRONG_NAME = `Nome inválido: ${NAME_RULE}.`;
export const WRONG_PASSWORD = "Senha inválida: 1 a 128 caracteres, sem ponto e vírgula.";
export const ANOTHER_TOOK_OVER = "Outra aba ou conexão assumiu esta conta.";
export const PLAIN_LOGIN = "A senha viajou sem cifra: esta página não veio por TLS.";
