// Debian's Python with the packages that Debian has for it, which another Python on the path does not see.
import { join } from "node:path";

const PYTHON = "/usr/bin/python3";

/** Where the module is missing such tests are skipped with a visible line; where CI is set they fail instead. */
export function hasPythonModule(module: string): boolean {
  if (Bun.env["CI"] !== undefined) return true;
  const found = Bun.which(PYTHON) !== null && Bun.spawnSync([PYTHON, "-c", `import ${module}`]).success;
  if (!found) console.warn(`Skipping the tests with Python's ${module}: apt-get install python3-${module}`);
  return found;
}

/** Runs `tests/lib/<program>`, which is given one JSON document and prints another; throws with what it said. */
export async function askPython(program: string, input: unknown): Promise<unknown> {
  const command = [PYTHON, join(import.meta.dir, program)];
  const child = Bun.spawn(command, { stdin: Buffer.from(JSON.stringify(input)), stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`${program} failed: ${errors.slice(-1_000)}`);
  return JSON.parse(output);
}
