// Commands that need nobody else: the three of the document, HELP and PING.
import { t } from "#runtime/mod.ts";

import { command } from "./command.ts";
import { localTime } from "./local-time.ts";
import { restOfLine } from "./parse-command.ts";

export const basicCommands = [
  command({
    name: "ECHO",
    usage: "ECHO",
    help: "confirma que o comando chegou",
    strangersToo: true,
    input: t.Object({ text: t.Optional(restOfLine()) }),
    run: () => "Comando recebido com sucesso.",
  }),
  command({
    name: "TIME",
    usage: "TIME",
    help: "data e hora do servidor",
    strangersToo: true,
    input: t.Object({}),
    run: ({ session }) => localTime(session.unixMs(), session.monotonicMs()),
  }),
  command({
    name: "EXIT",
    usage: "EXIT",
    help: "encerra a conexão",
    strangersToo: true,
    input: t.Object({}),
    run: () => ({ reply: "Encerrando conexão.", end: "exit" }),
  }),
  command({
    name: "HELP",
    usage: "HELP [comando]",
    help: "lista os comandos, ou explica um",
    input: t.Object({ name: t.Optional(t.String()) }),
    run({ vocabulary, session }, { name }) {
      if (name === undefined) return Array.from(vocabulary.keys()).join(" ");
      const found = vocabulary.get(name.toUpperCase());
      if (found === undefined) throw session.refuse("text.unknown_command");
      return `${found.usage} - ${found.help}`;
    },
  }),
  command({
    name: "PING",
    usage: "PING [texto]",
    help: "responde com o mesmo texto; mantém a conexão viva",
    strangersToo: true,
    input: t.Object({ text: t.Optional(restOfLine()) }),
    run: (_, { text }) => text ?? "pong",
  }),
];
