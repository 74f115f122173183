// What people type: something to say, or a command.
import { describe, expect, test } from "bun:test";

import { clientCommands, parseTyped, type Typed } from "./typed-line.ts";

describe("a typed line", () => {
  test.each<[string, Typed]>([
    ["oi, bea", { kind: "say", text: "oi, bea" }],
    ["  oi  ", { kind: "say", text: "oi" }],
    ["//help é um comando", { kind: "say", text: "/help é um comando" }],
    ["   ", { kind: "nothing" }],
    ["/join Sala", { kind: "join", room: "sala" as never }],
    ["/JOIN sala", { kind: "join", room: "sala" as never }],
    ["/room", { kind: "rooms" }],
    ["/room sala", { kind: "room", room: "sala" as never }],
    ["/leave", { kind: "leave", room: undefined }],
    ["/leave sala", { kind: "leave", room: "sala" as never }],
    ["/msg bea  oi, tudo bem?", { kind: "msg", id: "bea" as never, text: "oi, tudo bem?" }],
    ["/who", { kind: "who" }],
    ["/history", { kind: "history", count: 20 }],
    ["/history 100", { kind: "history", count: 100 }],
    ["/raw PING oi", { kind: "raw", command: "PING oi" }],
    ["/quit", { kind: "quit" }],
    ["/help", { kind: "help" }],
  ])("%j", (line, typed) => {
    expect(parseTyped(line)).toEqual(typed);
  });

  test.each([
    "/join",
    "/join a b",
    "/join @x",
    "/leave a b",
    "/msg bea",
    "/msg",
    "/history 0",
    "/history 101",
    "/history x",
  ])("%j is told how it is used", (line) => {
    const typed = parseTyped(line);
    expect(typed.kind === "wrong" && typed.usage).toStartWith(`Use: ${line.split(" ")[0]}`);
  });

  test.each(["/raw", "/who lobby", "/quit já", "/help x"])("%j is too much or too little", (line) => {
    expect(parseTyped(line).kind).toBe("wrong");
  });

  test("that is no command we know leads to the list of them", () => {
    expect(parseTyped("/dance")).toEqual({ kind: "wrong", usage: "/help lista os comandos" });
    expect(clientCommands().map((each) => each.split(/[ ]/)[0])).toContain("/msg");
  });
});
