// The README is true: its command starts the server, what it says to paste gives what it shows, and Ctrl-C ends well.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readConfig } from "#runtime/config.ts";

import packageFile from "../package.json" with { type: "json" };
import { eventually } from "./lib/eventually.ts";
import { projectFolder } from "./lib/source-files.ts";

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

interface Started {
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Standard output, and apart from it standard error, as far as they have come. */
  readonly output: () => string;
  readonly errors: () => string;
}

const HOST_IN_README = "my-host";
const TOKEN = /: ([\w-]{32})$/m;
const START_WITHIN_MS = 30_000;
const TEST_WITHIN_MS = 60_000;
/** Where a reader must have them, they must be there; elsewhere the README cannot be tried out. */
const canFollow = (Bun.which("npx") !== null && Bun.which("node") !== null) || process.env["CI"] !== undefined;

const readme = readFileSync(join(projectFolder, "README.md"), "utf8");
const blocks = blocksOf(readme);
const folder = mkdtempSync(join(tmpdir(), "correio-readme-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what the README names exists:", () => {
  test("its two commands come first, with the pinned Bun", () => {
    const commands = commandsOf(blocks[0]);
    const bun = `npx -y bun@${packageFile.devDependencies.bun} run`;
    expect(commands).toEqual([`${bun} runtime`, `${bun} test`]);
  });

  test("scripts", () => {
    const names = [...readme.matchAll(/\bbun(?:@[\d.]+)? run ([\w-]+)/g)].map((match) => match[1] as string);
    expect(names.filter((name) => !(name in packageFile.scripts))).toEqual([]);
  });

  test("settings, with their defaults", () => {
    const help = readConfig(["--help"], {});
    const text = help.kind === "help" ? help.text : "";
    const rows = [...readme.matchAll(/^\| `(CORREIO_\w+)` \| ([^|]*) \|/gm)].map(([, name, value]) => [
      name,
      value?.trim(),
    ]);
    const wrong = rows.filter(([name, value = ""]) => {
      const line = text.split("\n").find((row) => row.includes(` ${name} `)) ?? "";
      return line === "" || (/^\S+$/.test(value) && !line.endsWith(`(${value})`));
    });
    expect(rows.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!canFollow)("who follows the README", () => {
  const [start = ""] = commandsOf(blocks[0]);
  const pasted = blocks.flatMap((block, index) => {
    const shown = blocks[index + 1];
    return index > 0 && shown !== undefined && isOutput(shown) && !isOutput(block) ? [{ block, shown }] : [];
  });
  let server: Started;

  beforeAll(async () => {
    server = await startServer(start, {});
  }, TEST_WITHIN_MS);

  afterAll(() => end(server));

  test("is told what listens where", () => {
    const shown = blocks[1] as Block;
    expect(isOutput(shown)).toBe(true);
    expect(normalised(server.output())).toBe(normalised(shown.text));
  });

  test("finds something to paste", () => {
    expect(pasted.length).toBeGreaterThan(0);
  });

  for (const { block, shown } of pasted) {
    const command = (block.text.split("\n", 1)[0] as string).slice(0, 60);
    test(
      `sees line ${shown.line} after pasting line ${block.line}: ${command}`,
      async () => {
        expect(normalised(await paste(block, server.output()))).toBe(normalised(shown.text));
      },
      TEST_WITHIN_MS,
    );
  }

  test(
    "ends the server with SIGTERM to the command: exit code 0, nothing left behind",
    async () => {
      server.child.kill("SIGTERM");
      expect(await server.child.exited).toBe(0);
      expect(server.output()).toEndWith("[INFO] Servidor encerrado\n");
      await eventually("the end of the whole group", () => groupIsGone(server.child.pid));
    },
    TEST_WITHIN_MS,
  );

  test(
    "ends it with Ctrl-C, which the whole group gets: what was accepted is still answered, exit code 0",
    async () => {
      const busy = await startServer(start, { CORREIO_WORK_MS: "100", CORREIO_MESSAGING_PORT: "" });
      try {
        const { block, shown } = pasted[0] as { block: Block; shown: Block };
        const requestCount = shown.text.trim().split("\n").length;
        const answer = paste(block, busy.output());
        await eventually("the requests' arrival", async () => (await framesIn(busy.output())) >= requestCount);
        process.kill(-busy.child.pid, "SIGINT");
        expect(normalised(await answer)).toBe(normalised(shown.text));
        expect(await busy.child.exited).toBe(0);
      } finally {
        end(busy);
      }
    },
    TEST_WITHIN_MS,
  );
});

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? "",
    text: match[2] ?? "",
    line: markdown.slice(0, match.index).split("\n").length + 1,
  }));
}

function isOutput(block: Block): boolean {
  return block.language === "text" || block.language === "";
}

/** The lines of a block of commands, without what is said about them. */
function commandsOf(block: Block | undefined): readonly string[] {
  const lines = (block?.text ?? "").split("\n").map((line) => line.replace(/\s+#.*/, "").trim());
  return lines.filter((line) => line !== "");
}

/** Runs the README's command as a terminal does: in a process group of its own, in the project's folder. */
async function startServer(command: string, settings: Readonly<Record<string, string>>): Promise<Started> {
  const child = Bun.spawn(["sh", "-c", `exec ${command}`], {
    cwd: projectFolder,
    detached: true,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: {
      ...withoutSettings(),
      CORREIO_PORT: "0",
      CORREIO_UDP_PORT: "0",
      CORREIO_MESSAGING_PORT: "0",
      CORREIO_WORKER_PORT: "0",
      CORREIO_PUBLISHER_PORT: "0",
      CORREIO_SUBSCRIBER_PORT: "0",
      CORREIO_MESSAGING_STORE_PORT: "0",
      CORREIO_REFERENCE_PORT: "0",
      CORREIO_SERVER_PORTS: "0",
      CORREIO_MATCH_PORT: "0",
      CORREIO_MATCH_TLS_PORT: "0",
      CORREIO_HTTP_PORT: "0",
      CORREIO_DATA: join(folder, "data"),
      CORREIO_SERVER_ID: HOST_IN_README,
      ...settings,
    },
  });
  const started = { child, output: gather(child.stdout), errors: gather(child.stderr) };
  const isUp = (): boolean => started.output().includes("Aguardando") || child.exitCode !== null;
  await eventually(`the server's start by "${command}"`, isUp, START_WITHIN_MS);
  if (child.exitCode !== null) throw new Error(`Cannot start: ${started.output()}${started.errors()}`);
  return started;
}

/**
 * What a terminal shows after the block was pasted into it, in a folder where the server keeps its `data`; or in the
 * project's, where it runs a command of that.
 */
async function paste(block: Block, startOutput: string): Promise<string> {
  const { tcpPort, udpPort, matchPort, matchTlsPort, messagingPort, subscriberPort, httpPort } = portsOf(startOutput);
  const [token = ""] = TOKEN.exec(startOutput)?.slice(1) ?? [];
  const [shownToken = ""] = TOKEN.exec((blocks[1] as Block).text)?.slice(1) ?? [];
  const text = block.text
    .replace(/\b5000\b/g, tcpPort)
    .replace(/\b5001\b/g, udpPort)
    .replace(/\b3000\b/g, matchPort)
    .replace(/\b3001\b/g, matchTlsPort)
    .replace(/\b5555\b/g, messagingPort)
    .replace(/\b5558\b/g, subscriberPort)
    .replace(/\b8080\b/g, httpPort)
    .replaceAll(shownToken, token);
  const program = block.language === "python" ? ["python3", "-"] : ["sh"];
  const cwd = /\bbun@[\d.]+ run /.test(text) ? projectFolder : folder;
  const child = Bun.spawn(program, { cwd, stdin: Buffer.from(text), stderr: "pipe", env: withoutSettings() });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return output + errors;
}

interface Ports {
  readonly tcpPort: string;
  readonly udpPort: string;
  readonly matchPort: string;
  readonly matchTlsPort: string;
  readonly messagingPort: string;
  readonly subscriberPort: string;
  readonly httpPort: string;
}

function portsOf(startOutput: string): Ports {
  const ports = [...startOutput.matchAll(/porta (\d+)/g)].map((match) => match[1]);
  const [tcpPort = "", udpPort = "", matchPort = "", matchTlsPort = "", httpPort = ""] = ports;
  const [, messagingPort = "", subscriberPort = ""] =
    /clientes (\d+),.* assinantes (\d+)/.exec(startOutput)?.values().toArray() ?? [];
  return { tcpPort, udpPort, matchPort, matchTlsPort, messagingPort, subscriberPort, httpPort };
}

/** What differs from run to run becomes signs: times, tokens, ids, fractions, and numbers of three digits or more. */
function normalised(output: string): string {
  return output
    .replace(/(?<=< (?:match|moved|ended);)[a-z0-9]{12}/g, "<id>")
    .replace(/(?<= |#token=)[\w-]{32}(?= |$)/gm, "<token>")
    .replace(/^npm warn .*\n/gm, "")
    .replace(/\(clock=\d+\)/g, "(clock=<n>)")
    .replace(/\[\d\d:\d\d:\d\d\]/g, "[<time>]")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+Z?/g, "<time>")
    .replace(/\d+(?:\.\d+)+|\d{3,}/g, "<n>")
    .trimEnd();
}

async function framesIn(startOutput: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${portsOf(startOutput).httpPort}/metrics`)).text();
  return Number(/^correio_frames_total\{direction="in"\} (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

function withoutSettings(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CORREIO_")));
}

function gather(stream: ReadableStream<Uint8Array>): () => string {
  const chunks: string[] = [];
  const decoder = new TextDecoder();
  const read = async (): Promise<void> => {
    for await (const chunk of stream) chunks.push(decoder.decode(chunk, { stream: true }));
  };
  void read();
  return () => chunks.join("");
}

function groupIsGone(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return false;
  } catch {
    return true;
  }
}

/** Whatever is left of the command's group. */
function end({ child }: Started): void {
  if (!groupIsGone(child.pid)) process.kill(-child.pid, "SIGKILL");
}
