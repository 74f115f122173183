// Commands that need nobody else: the three of the document, HELP and PING.
import { t } from "#runtime/mod.ts";

import { command, commandForAll } from "./command.ts";
import { localTime } from "./local-time.ts";
import { restOfLine } from "./parse-command.ts";

export const basicCommands = [
  commandForAll({
    name: "ECHO",
    usage: "ECHO",
    help: "confirma que o comando chegou",
    input: t.Object({ text: t.Optional(restOfLine()) }),
    answer: () => "Comando recebido com sucesso.",
  }),
  commandForAll({
    name: "TIME",
    usage: "TIME",
    help: "data e hora do servidor",
    input: t.Object({}),
    answer: (clock) => localTime(clock.unixMs(), clock.monotonicMs()),
  }),
  commandForAll({
    name: "EXIT",
    usage: "EXIT",
    help: "encerra a conexão",
    input: t.Object({}),
    end: "exit",
    answer: () => "Encerrando conexão.",
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
  commandForAll({
    name: "PING",
    usage: "PING [texto]",
    help: "responde com o mesmo texto; mantém a conexão viva",
    input: t.Object({ text: t.Optional(restOfLine()) }),
    answer: (_, { text }) => text ?? "pong",
  }),
];
