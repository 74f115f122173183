// Holds docs/tcp-and-udp.md to its word: its commands, flags and tests exist, and what the task asks for is there.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { projectFolder } from "./lib/source-files.ts";

const document = readFileSync(join(projectFolder, "docs/tcp-and-udp.md"), "utf8");
const references = Array.from(
  document.matchAll(/^(?:- | {2})`([^`]+\.test\.ts)` › (.*\S)/gm),
  ([, file = "", name = ""]) => ({
    file,
    name,
  }),
);
const commands = [
  ...new Set(Array.from(document.matchAll(/`bun (experiments\/[^`]+)`/g), ([, command = ""]) => command)),
];

describe("docs/tcp-and-udp.md", () => {
  test("says something of all that it was asked about", () => {
    const headings = Array.from(document.matchAll(/^##+ (.+)$/gm), ([, heading = ""]) => heading);
    expect(headings).toEqual(
      expect.arrayContaining([
        "The three-way handshake",
        "Delivery and order",
        "Flow control",
        "Congestion control",
        "What a connection costs",
        "UDP",
        "When a packet is lost",
        "Many clients",
        "Latency",
        "Threads there, actors here",
      ]),
    );
  });

  test("ties what it says to tests and experiments", () => {
    expect(references.length).toBeGreaterThan(20);
    expect(commands.length).toBeGreaterThan(3);
  });

  test.each(references)("$file has the test: $name", ({ file, name }) => {
    expect(readFileSync(join(projectFolder, file), "utf8")).toContain(JSON.stringify(name));
  });

  test.each(commands)("%s can be run: the program and its flags are there", (command) => {
    const [program = "", ...words] = command.split(" ");
    expect(existsSync(join(projectFolder, program))).toBe(true);
    const run = Bun.spawnSync([process.execPath, program, "--help"], { cwd: projectFolder, stdin: "ignore" });
    const help = run.stdout.toString();
    for (const flag of words.filter((word) => word.startsWith("--"))) expect(help).toContain(`${flag} `);
    const asked = words[words.indexOf("--only") + 1] ?? "";
    for (const question of words.includes("--only") ? asked.split(",") : []) expect(help).toContain(question);
  });

  test("lists each RFC that it cites", () => {
    const [body = "", list = ""] = document.split("## RFCs");
    const cited = new Set(Array.from(body.matchAll(/RFC (\d+)/g), ([, number = ""]) => number));
    const listed = new Set(list.match(/\b\d{3,4}\b/g));
    expect([...cited].sort()).toEqual([...listed].sort());
  });
});
