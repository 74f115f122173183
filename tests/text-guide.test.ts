// The programs in docs/text.md are true: pasted as they stand, they print what is shown below them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { hasPython } from "./lib/python.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { projectFolder } from "./lib/source-files.ts";

const guide = readFileSync(join(projectFolder, "docs/text.md"), "utf8");
const programs = [...guide.matchAll(/^```python\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)].map(
  ([, program = "", shown = ""]) => ({ program, shown }),
);

test("the guide shows a program over TCP and one over UDP", () => {
  expect(programs.map(({ program }) => /50\d\d/.exec(program)?.[0])).toEqual(["5000", "5001"]);
});

describe.skipIf(!hasPython)("who pastes from the guide", () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start();
  });

  afterAll(() => server.remove());

  for (const [index, { program, shown }] of programs.entries()) {
    test(`sees what it shows: program ${index + 1}`, async () => {
      const text = program.replace("5000", String(server.port)).replace("5001", String(server.udpPort));
      const child = Bun.spawn(["python3", "-"], { stdin: Buffer.from(text), stderr: "pipe" });
      const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      expect(normalised(output + errors)).toBe(normalised(shown));
    });
  }
});

/** What differs from run to run becomes signs. */
function normalised(output: string): string {
  return output
    .replace(/(?<=\s)\S{32} /g, "<key> ")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/127\.0\.0\.1:\d+/g, "<address>");
}
