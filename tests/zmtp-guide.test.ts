// The programs in docs/zmtp.md are true: pasted as they stand, they print what is shown below them.
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { limits } from "#runtime/mod.ts";

import { hasLibzmq, LIBZMQ_PYTHON } from "./lib/libzmq.ts";
import { projectFolder } from "./lib/source-files.ts";

const guide = readFileSync(join(projectFolder, "docs/zmtp.md"), "utf8");
const blocks = Array.from(guide.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = "", text = ""]) => ({
  language,
  text,
}));
/** Those with nothing shown below them go on until they are stopped. */
const servers = blocks.filter(({ language }, index) => language === "ts" && blocks[index + 1]?.language !== "text");
const programs = blocks.flatMap(({ language, text }, index) => {
  const shown = blocks[index + 1];
  return shown?.language === "text" ? [{ language, text, shown: shown.text }] : [];
});

const portOf = new Map(["5570", "5571"].map((port) => [port, freePort()]));
const running = hasLibzmq ? servers.map(({ text }) => run("ts", text)) : [];

afterAll(() => {
  for (const child of running) child.kill();
});

test("the guide shows a server for each of its two ports, and who talks to it", () => {
  const ports = [servers, programs].map((some) => some.map(({ text }) => /\b557\d\b/.exec(text)?.[0]));
  expect(ports).toEqual([
    ["5570", "5571"],
    ["5570", "5570", "5571"],
  ]);
});

// Without pyzmq there is nobody to talk to.
describe.skipIf(!hasLibzmq)("who pastes from the guide", () => {
  test.each(programs)("sees what it shows, from $language: $shown", async ({ language, text, shown }) => {
    const child = run(language, text);
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    expect({ output, errors, exitCode: await child.exited }).toEqual({ output: shown, errors: "", exitCode: 0 });
  });
});

test("the limits that the page names are those of limits.ts", () => {
  const here = Object.entries(limits).map(([name, value]) => `${name}: ${value}`);
  const rows = [...guide.matchAll(/^\| `(\w+)` +\| ([\d ]+?) +\|/gm)];
  const named = rows.map(([, name = "", value = ""]) => `${name}: ${value.replaceAll(" ", "")}`);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((row) => !here.includes(row))).toEqual([]);
});

test("the page has each reason that a ZMTP peer may be let go for", () => {
  const source = readFileSync(join(projectFolder, "runtime/wire/protocol.ts"), "utf8");
  const reasons = [...source.matchAll(/"(wire\.zmtp_\w+)"/g)].map(([, reason]) => reason as string);
  expect(reasons.length).toBeGreaterThan(5);
  expect(reasons.filter((reason) => !guide.includes(`| \`${reason}\``))).toEqual([]);
});

/** As pasted in this folder, where `correio/zmtp` is found as in a program that has it from its package. */
function run(language: string, text: string) {
  const command = language === "ts" ? [process.execPath, "-"] : [LIBZMQ_PYTHON, "-"];
  const here = text.replace(/\b557\d\b/g, (port) => String(portOf.get(port)));
  return Bun.spawn(command, { cwd: projectFolder, stdin: Buffer.from(here), stdout: "pipe", stderr: "pipe" });
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  listener.stop(true);
  return listener.port;
}
