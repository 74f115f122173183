// What errors say to people, by code. The code stands behind the sentence, for programs.

const SENTENCES: Readonly<Record<string, string>> = {
  "account.bad_password": "Nome ou senha incorretos",
  "account.busy": "Servidor ocupado; tente de novo",
  "account.disabled": "Conta desativada",
  "account.exists": "Nome já cadastrado",
  "account.needs_tls": "Senhas só pela porta TLS",
  "account.too_many_tries": "Tentativas demais; espere um pouco",
  "chat.already_named": "Esta conexão já tem um identificador",
  "chat.bad_id": "Identificador inválido: 1 a 32 letras, números, _ . -",
  "chat.bad_room": "Nome de sala inválido: 1 a 32 letras, números, _ . -",
  "chat.control_on_tcp": "Este comando vai pela conexão TCP",
  "chat.hello_first": "Diga antes quem você é: HELLO nome",
  "chat.id_in_use": "Identificador em uso",
  "chat.id_reserved": "Identificador reservado",
  "chat.login_needed": "Este identificador tem senha: use LOGIN",
  "chat.no_binding": "Nada a vincular com esse código",
  "chat.no_udp": "Este servidor não ouve UDP",
  "chat.not_a_member": "Você não está nessa sala",
  "chat.not_your_inbox": "Só a sua própria caixa pode ser lida",
  "chat.only_over_datagrams": "Só por datagramas binários",
  "chat.replaced": "Outra conexão assumiu este identificador",
  "chat.room_full": "Sala cheia",
  "chat.too_many_rooms": "Salas demais para uma conexão",
  "chat.unknown_id": "Ninguém tem esse identificador",
  "text.control_character": "Caractere de controle na linha",
  "text.line_too_long": "Linha longa demais",
  "text.not_utf8": "A linha não é UTF-8",
};

/** As the command server of the document has it, to the letter. */
const UNKNOWN_COMMAND = "ERROR: Comando não reconhecido.";

/** The reply to what went wrong, without its ending. `usage` is what should have been written. */
export function errorReply(code: string, usage = ""): string {
  if (code === "text.unknown_command") return UNKNOWN_COMMAND;
  if (code === "text.bad_arguments") return `ERROR: Use: ${usage} (${code}).`;
  return `ERROR: ${SENTENCES[code] ?? "Não foi possível"} (${code}).`;
}
