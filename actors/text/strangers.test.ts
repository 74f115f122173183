// What an address is answered that may be somebody else's: short, without a session, and by the same commands.
import { describe, expect, test } from "bun:test";

import { ChatNode } from "./test-clients.ts";

const answer = new ChatNode().answerStranger;

describe("a stranger", () => {
  test.each([
    ["ECHO", "ECHO: Comando recebido com sucesso."],
    ["PING", "PING: pong"],
    ["#7 ping oi", "#7 PING: oi"],
    ["EXIT", "EXIT: Encerrando conexão."],
    ["DANCE", "ERROR: Comando não reconhecido."],
    ["SAY", "ERROR: Use: SAY sala texto (text.bad_arguments)."],
    ["ECHO \u001b[2J", "ERROR: Caractere de controle na linha (text.control_character)."],
  ])("is answered at once: %j", (line, reply) => {
    expect(answer(line)).toBe(reply);
  });

  test("is told the time", () => {
    expect(answer("TIME")).toMatch(/^TIME: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  });

  test.each(["HELLO ana", "JOIN lobby", "HELP", "LOGIN ana x", "WHO lobby"])("needs a session for more: %s", (line) => {
    expect(answer(line)).toBeUndefined();
  });
});
