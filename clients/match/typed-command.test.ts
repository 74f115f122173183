// What a person may type into the match client.
import { describe, expect, test } from "bun:test";

import { helpLines, parseTyped, type Typed } from "./typed-command.ts";

const WRONG_NAME = "Nome inválido: 1 a 32 letras, dígitos, _ . -, começando por letra ou dígito.";

describe("a typed line", () => {
  test.each<[string, Typed]>([
    ["  ", { kind: "nothing" }],
    ["login caio a", { kind: "login", name: "caio", password: "a" }],
    [" LOGIN caio", { kind: "login", name: "caio", password: undefined }],
    ["adduser caio duas  palavras ", { kind: "adduser", name: "caio", password: "duas  palavras" }],
    ["passwd", { kind: "passwd", passwords: undefined }],
    ["passwd velha nova", { kind: "passwd", passwords: ["velha", "nova"] }],
    ["begin bea", { kind: "begin", name: "bea", isHosted: false }],
    ["begin bea hosted", { kind: "begin", name: "bea", isHosted: true }],
    ["send 1 3", { kind: "send", cell: 2 }],
    ["watch k3f9x2a1", { kind: "watch", target: "k3f9x2a1" }],
    ["unwatch", { kind: "unwatch", id: undefined }],
    ["top", { kind: "top", count: 10 }],
    ["top 100", { kind: "top", count: 100 }],
    ["around", { kind: "around", name: undefined }],
  ])("%j", (line, typed) => {
    expect(parseTyped(line)).toEqual(typed);
  });

  test.each([
    ["login", "Use: login NOME [SENHA]"],
    ["login ana a;b", "Senha inválida: 1 a 128 caracteres, sem ponto e vírgula."],
    ["login á", WRONG_NAME],
    ["passwd uma", "Use: passwd [ATUAL NOVA]"],
    ["passwd a b c", "Use: passwd [ATUAL NOVA]"],
    ["begin bea agora", "Use: begin NOME [hosted]"],
    ["begin bea hosted já", "Use: begin NOME [hosted]"],
    [`begin ${"x".repeat(33)}`, WRONG_NAME],
    ["send 0 1", "Use: send LINHA COLUNA"],
    ["send 1 1 1", "Use: send LINHA COLUNA"],
    ["watch", "Use: watch NOME|ID"],
    ["unwatch a;b", "Use: unwatch [ID]"],
    ["top 0", "Use: top [QUANTOS]"],
    ["top 101", "Use: top [QUANTOS]"],
    ["around a;b", WRONG_NAME],
    ["list tudo", "Use: list"],
    ["jogar", "Comando desconhecido; help lista os comandos."],
  ])("%j is answered %j", (line, usage) => {
    expect(parseTyped(line)).toEqual({ kind: "wrong", usage });
  });

  test("is explained by help, each command in a line", () => {
    expect(helpLines()).toContain("send LINHA COLUNA     joga, de 1 a 3");
    expect(helpLines()).toHaveLength(18);
  });
});
