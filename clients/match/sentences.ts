// What the server says in codes, for people.

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["USEREXISTS", "Esse nome já tem conta."],
  ["Invalid Username", "Nome inválido: 1 a 32 letras, dígitos, _ . -, começando por letra ou dígito."],
  ["Invalid Password", "Senha inválida: 1 a 128 caracteres, sem ponto e vírgula."],
  ["Wrong Password", "Senha errada."],
  ["Username not found", "Não há conta com esse nome."],
  ["User already logged in", "Essa conta já está em uso."],
  ["Already logged in", "Você já entrou; antes, logout."],
  ["WRONGPASSWORD", "A senha atual não é essa."],
  ["SAMEPASSWORD", "A senha nova é igual à atual."],
  ["Not logged in", "Entre antes: login NOME"],
  ["Invited user not connected", "Essa pessoa não está conectada."],
  ["Inviting User currently in a match", "Para o servidor, você ainda está em uma partida; end desiste dela."],
  ["Invited user currently in a match", "Essa pessoa está em uma partida."],
  ["Cannot invite yourself", "Ninguém joga contra si mesmo."],
  ["Already inviting", "Você já tem um convite à espera de resposta."],
  ["Invited user has invited you", "Essa pessoa já convidou você: responda ao convite dela."],
  ["Too many invitations", "Essa pessoa tem convites demais à espera."],
  ["Invited user cannot play hosted matches", "O cliente dessa pessoa não conhece partidas no servidor."],
  ["No such invitation", "Esse convite não vale mais."],
  ["Inviting user not connected", "Quem convidou não está mais conectado."],
  ["Match could not start", "A partida não pôde começar."],
  ["Conflicting reports of match result", "Os dois relatos da partida não concordam: ninguém pontua."],
  ["No match with that user", "Para o servidor, essa partida já acabou."],
  ["Opponent disconnected", "O adversário já saiu da partida; ela acaba sem resultado."],
  ["Match abandoned", "A partida foi abandonada; ela acaba sem resultado."],
  ["Report was not confirmed", "Só um dos dois relatou o resultado; ele não conta."],
  ["Match expired", "A partida durou demais; ela não conta."],
  ["Not on the leaderboard", "Essa pessoa ainda não tem lugar no placar."],
  ["not_in_match", "Você não está em uma partida."],
  ["not_your_turn", "Não é a sua vez."],
  ["occupied", "Essa casa está ocupada."],
  ["off_board", "Essa casa não existe."],
  ["ended", "A partida já acabou."],
  ["wrong_number", "Essa jogada chegou fora de hora."],
  ["No such match", "Não há essa partida."],
  ["Too many", "Partidas assistidas demais."],
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
  ["agreed", "os dois relatos concordam"],
  ["conflict", "os relatos não concordam"],
  ["unconfirmed", "só um dos dois relatou"],
  ["opponent_gone", "um dos jogadores perdeu a conexão"],
  ["abandoned", "um dos jogadores saiu"],
  ["expired", "ninguém relatou um resultado"],
  ["not_started", "a partida não começou"],
]);

const PEER_REASONS: ReadonlySet<string> = new Set(
  ["agreed", "conflict", "unconfirmed"].concat(["opponent_gone", "abandoned", "expired", "not_started"]),
);

export function refusalText(reason: string): string {
  return REFUSALS.get(reason) ?? `O servidor recusou: ${reason}`;
}

export function isPassing(reason: string): boolean {
  return PASSING.has(reason);
}

/** Of matches that the server sees nothing of but their reports. */
export function isPeerReason(reason: string): boolean {
  return PEER_REASONS.has(reason);
}

/** Why a match is over. */
export function reasonText(reason: string): string {
  return REASONS.get(reason) ?? reason;
}
