// Holds docs/semantics.md to its word: every sentence names a test, and the test exists.

import { describe, expect, test } from "bun:test";

const document = await Bun.file("docs/semantics.md").text();
const promises = document.split("\n").filter((line) => line.startsWith("- "));
const references = Array.from(document.matchAll(/^ {2}`([^`]+)` › (.+)$/gm), ([, file = "", name = ""]) => ({
  file,
  name,
}));

describe("docs/semantics.md", () => {
  test("names a test for every sentence", () => {
    expect(references.length).toBe(promises.length);
    expect(references.length).toBeGreaterThan(30);
  });

  test.each(references)("$file has the test: $name", async ({ file, name }) => {
    expect(await Bun.file(file).text()).toContain(JSON.stringify(name));
  });
});
