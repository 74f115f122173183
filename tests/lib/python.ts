// Clients in Python, as strangers write them: the standard library, blocking sockets and nothing of ours.
import { join } from "node:path";

const PYTHON = Bun.which("python3");

/** Absent Python skips such tests with a visible line; where CI is set it fails them instead. */
export const hasPython = PYTHON !== null || Bun.env["CI"] !== undefined;

if (!hasPython) console.warn("Skipping the tests with Python clients: python3 is not installed");

/** Runs `tests/lib/<program>` and gives back the JSON document it prints; throws with what it said when it fails. */
export async function runPython(program: string, args: readonly (string | number)[]): Promise<unknown> {
  const command = [PYTHON ?? "python3", join(import.meta.dir, program), ...args.map(String)];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`${program} failed: ${errors.slice(-1_000)}`);
  return JSON.parse(output);
}
