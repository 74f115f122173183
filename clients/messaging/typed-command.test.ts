// Choices of the menu as they are typed: by number or by name, with or without what belongs to them.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/limits.ts";

import { menuLines, parseTyped } from "./typed-command.ts";

describe("a choice", () => {
  test.each([
    ["", { kind: "nothing" }],
    ["   ", { kind: "nothing" }],
    ["1", { kind: "login", user: undefined }],
    ["1 ana maria ", { kind: "login", user: "ana maria" }],
    ["2", { kind: "users" }],
    ["3 geral", { kind: "create", channel: "geral" }],
    ["4", { kind: "channels" }],
    ["5", { kind: "publish", to: undefined, text: undefined }],
    ["5 geral", { kind: "publish", to: "geral", text: undefined }],
    ["5 geral  oi,  gente ", { kind: "publish", to: "geral", text: "oi,  gente" }],
    ["6 bea oi", { kind: "message", to: "bea", text: "oi" }],
    ['6 "ana maria" oi', { kind: "message", to: "ana maria", text: "oi" }],
    ['6 "ana maria"', { kind: "message", to: "ana maria", text: undefined }],
    ["7 geral", { kind: "follow", channel: "geral" }],
    ["8 geral", { kind: "unfollow", channel: "geral" }],
    ["9", { kind: "history", of: undefined, count: limits.historyPage }],
    ["9 @", { kind: "history", of: "@", count: limits.historyPage }],
    ["9 geral 100", { kind: "history", of: "geral", count: 100 }],
    ["0", { kind: "quit" }],
  ] as const)("%j is understood", (line, typed) => {
    expect(parseTyped(line)).toEqual(typed);
  });

  test.each([
    ["login ana", "1 ana"],
    ["usuários", "2"],
    ["usuarios", "2"],
    ["CRIAR geral", "3 geral"],
    ["canais", "4"],
    ["publicar geral oi", "5 geral oi"],
    ["mensagem bea oi", "6 bea oi"],
    ["inscrever geral", "7 geral"],
    ["cancelar geral", "8 geral"],
    ["Histórico geral", "9 geral"],
    ["historico geral", "9 geral"],
    ["sair", "0"],
  ])("%j is %j", (name, number) => {
    expect(parseTyped(name)).toEqual(parseTyped(number));
  });

  test.each([
    "2 agora",
    "3 dois nomes",
    "7 dois nomes",
    "9 geral 0",
    "9 geral 101",
    "9 geral x",
    "9 geral 1 2",
    "0 já",
  ])("%j is told how it is used", (line) => {
    expect(parseTyped(line)).toEqual({ kind: "wrong", usage: expect.stringMatching(/^Use: \d [^ ]+/) });
  });

  test.each(["10", "a", "-1", "/quit", "5geral", "constructor"])("%j is none", (line) => {
    expect(parseTyped(line)).toEqual({ kind: "wrong", usage: expect.stringMatching(/^Escolha de 0 a 9/) });
  });
});

test("the menu has a line for each number, and fits a terminal", () => {
  expect(menuLines().map((line) => line.trimStart()[0])).toEqual([..."1234567890"]);
  expect(Math.max(...menuLines().map((line) => line.length))).toBeLessThan(80);
});
