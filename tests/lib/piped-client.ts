// A client's program with its input from a pipe: what it printed, and how it ended.
import { projectFolder } from "./source-files.ts";

export async function runPiped(
  client: "text" | "chat" | "match" | "messaging" | "bot",
  args: readonly string[],
  input: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const child = Bun.spawn([process.execPath, `clients/${client}.ts`, ...args], {
    cwd: projectFolder,
    env: environment,
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { exitCode, stdout, stderr };
}
