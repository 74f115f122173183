// What of a typed line may be seen again: everything but passwords.
import { expect, test } from "bun:test";

import { withoutPasswords } from "./kept-line.ts";

test.each([
  ["login caio a", "login caio"],
  [" LOGIN  caio  duas palavras", " LOGIN  caio"],
  ["adduser caio a;b", "adduser caio"],
  ["passwd velha nova", "passwd"],
  ["/raw LOGIN caio a", "/raw LOGIN caio"],
  ["#t1 ADDUSER caio a", "#t1 ADDUSER caio"],
  ["login caio", "login caio"],
  ["begin caio hosted", "begin caio hosted"],
  ["meu login caio a", "meu login caio a"],
  ["", ""],
])("of %j: %j", (line, kept) => {
  expect(withoutPasswords(line)).toBe(kept);
});
