// Real commands are recorded: their output, their signals and their exit codes are theirs, and the figures are true.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "csv-parse/sync";

import { appears, browserExpected, TestBrowser, textOf } from "#gateway/test-browser.ts";

import { MarkedLines } from "./lib/marked-lines.ts";
import { createWorkspace } from "./lib/program.ts";
import type { RecordReport } from "./lib/record-report.ts";
import { whyNoOwnNetwork } from "./lib/recorder-network.ts";
import { RecordedProcess } from "./lib/recorder-process.ts";
import { RecordedTree } from "./lib/recorder-tree.ts";
import { testCommandLine } from "./lib/test-command-line.ts";

setDefaultTimeout(60_000);

const RECORD = join(import.meta.dirname, "record.ts");
const whyNoNetwork = whyNoOwnNetwork();
const SPIN = "while (process.cpuUsage().user < 200_000);";
const spinning = [process.execPath, "-e", SPIN];

const workspace = createWorkspace();
afterAll(() => workspace.remove());

const inFolder = (name: string): string => join(workspace.folder, name);

function startRecord(...words: readonly string[]) {
  return Bun.spawn([process.execPath, RECORD, ...words], {
    cwd: workspace.folder,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function record(...words: readonly string[]) {
  const recorder = startRecord(...words);
  await recorder.stdin.end();
  const [stdout, stderr] = await Promise.all([recorder.stdout.text(), recorder.stderr.text()]);
  return { stdout, stderr, exitCode: await recorder.exited };
}

async function report(...words: readonly string[]): Promise<RecordReport> {
  const { stdout } = await record("--json", "--every", "10", ...words);
  return JSON.parse(stdout) as RecordReport;
}

const phaseNames = ({ phases }: RecordReport): readonly string[] => phases.map(({ name }) => name);

describe("a recorded command", () => {
  test.each([[[]], [["--mark", "never said"]]])(
    "writes what it writes, and answers what it answers: %p",
    async (flags) => {
      const { stdout, stderr, exitCode } = await record(
        ...flags,
        "--",
        "sh",
        "-c",
        "printf 'a\\nb'; echo c >&2; exit 7",
      );
      expect(stdout).toBe("a\nb");
      expect(stderr).toStartWith("c\n");
      expect(stderr).toContain("ended with exit code 7");
      expect(exitCode).toBe(7);
      expect(readFileSync(inFolder("results/record.html"), "utf8")).toContain("CPU, % of a core");
    },
  );

  test("reads what is typed", async () => {
    const recorder = startRecord("--", "cat");
    recorder.stdin.write("typed\n");
    await recorder.stdin.end();
    expect(await recorder.stdout.text()).toBe("typed\n");
  });

  test("needs no -- where no flag stands before it", async () => {
    expect((await record("echo", "-n", "--", "x")).stdout).toBe("-- x");
  });

  test("begins phases with its lines, on either output", async () => {
    const recorded = await report(
      "--mark",
      "begin",
      "--",
      "sh",
      "-c",
      "echo begin one; echo other; echo begin two >&2",
    );
    expect(phaseNames(recorded).toSorted()).toEqual(["begin one", "begin two", "ended", "started"]);
    expect([phaseNames(recorded)[0], phaseNames(recorded).at(-1)]).toEqual(["started", "ended"]);
  });

  test("begins a hundred phases at most, and says how many lines were left out", async () => {
    const recorded = await report("--mark", "1", "--", "sh", "-c", "yes 1 | head -n 103");
    expect(recorded.phases).toHaveLength(1 + 100 + 1);
    expect(recorded.marksLeftOut).toBe(3);
  });

  test("is told that nobody reads it any more, as it would be without us", async () => {
    const recorder = startRecord("--mark", "x", "--", "yes");
    await recorder.stdout.cancel();
    expect(await recorder.stderr.text()).toContain("Written: results/record.html");
    expect(await recorder.exited).not.toBe(0);
  });

  test("gets SIGINT, and is recorded all the same", async () => {
    const recorder = startRecord("--mark", "ready", "--", "sh", "-c", "echo ready; exec sleep 60");
    const reader = recorder.stdout.getReader();
    await reader.read();
    recorder.kill("SIGINT");
    expect(await recorder.exited).toBe(130);
    expect(await recorder.stderr.text()).toMatch(/was ended by SIGINT[\s\S]*\nSIGINT .*\n[\s\S]*Written: /);
  });

  test("gets SIGTERM with all its processes when its time is over", async () => {
    const recorded = await report("--for", "1", "--", "sh", "-c", "sleep 60; echo survived");
    expect(phaseNames(recorded)).toEqual(["started", "SIGTERM", "ended"]);
    expect(recorded.signal).toBe("SIGTERM");
    expect(recorded.seconds).toBeGreaterThanOrEqual(1);
  });

  test("has ended, though a child of it still holds its output", async () => {
    const { stdout, exitCode } = await record("--mark", "x", "--", "sh", "-c", "sleep 60 & echo $!");
    process.kill(Number(stdout));
    expect(exitCode).toBe(0);
  });
});

describe("its figures", () => {
  test("are those of the command and each of its processes", async () => {
    const script = `"$0" -e '${SPIN}'; true`;
    const { recording, processes, cpuSeconds, phases } = await report("--", "sh", "-c", script, process.execPath);
    const names = processes.map(({ name }) => name);
    expect(names).toEqual([expect.stringMatching(/^sh -c /), expect.stringMatching(/^bun\S* -e while /)]);
    expect(recording.series[0]?.cpuSeconds).toBeGreaterThan(0.1);
    expect(cpuSeconds).toBeGreaterThanOrEqual(0.2);
    expect(phases[0]?.residentMaxMegabytes).toBeGreaterThan(1);
    for (const { cpuPercent, residentMegabytes } of [...recording.series, ...processes]) {
      expect(cpuPercent).toHaveLength(recording.atSeconds.length);
      expect(residentMegabytes).toHaveLength(recording.atSeconds.length);
    }
  });

  test("are a row for each sample", async () => {
    const csv = inFolder("rows.csv");
    const { recording } = await report("--csv", csv, "--", ...spinning);
    const rows = parse<Record<string, string>>(readFileSync(csv), { columns: true });
    expect(rows.map(({ seconds }) => seconds)).toEqual(recording.atSeconds.map((seconds) => seconds.toFixed(3)));
    expect(Object.keys(rows[0] ?? {})).toEqual([
      "seconds",
      "phase",
      "cpu_percent",
      "resident_megabytes",
      "loopback_octets_per_second",
      "received_octets_per_second",
      "sent_octets_per_second",
    ]);
    expect(rows[0]).toMatchObject({ phase: "started" });
  });

  test("know children that came and went between two readings", async () => {
    const script = `read go; "$0" -e '${SPIN}'; echo done; read go`;
    const shell = Bun.spawn(["sh", "-c", script, process.execPath], { stdin: "pipe", stdout: "pipe" });
    const recorded = new RecordedProcess(shell.pid);
    const before = recorded.read()?.cpuSeconds ?? 0;
    shell.stdin.write("go\n");
    await shell.stdin.flush();
    await shell.stdout.getReader().read();
    expect((recorded.read()?.cpuSeconds ?? 0) - before).toBeGreaterThan(0.15);
    await shell.stdin.end();
    await shell.exited;
  });

  test("show the largest processes, and the others together", async () => {
    const shell = Bun.spawn(["sh", "-c", "sleep 60 & sleep 61 & echo ready; wait"], { stdout: "pipe" });
    await shell.stdout.getReader().read();
    const tree = new RecordedTree(shell.pid);
    tree.read();
    tree.read();
    const pids = tree.livingPids();
    const all = tree.processes(3);
    const [one, others] = tree.processes(1);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await shell.exited;
    expect(all.map(({ pid }) => pid)).toEqual([...pids]);
    expect(one?.pid).toBeOneOf([...pids]);
    expect(others).toMatchObject({ name: "2 more", residentMegabytes: [expect.any(Number)] });
  });

  test("say that the network is everybody's, where it is", async () => {
    expect((await record("--", "true")).stderr).toContain("of all programs on this machine");
  });

  // Needs root, iproute2 and util-linux.
  test.skipIf(whyNoNetwork !== undefined)("have each octet of a network of its own, and no other", async () => {
    const code = `
      const { promise, resolve } = Promise.withResolvers();
      let octets = 0;
      const data = (_, chunk) => void ((octets += chunk.length) === 1_000_000 && resolve());
      const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data } });
      const rest = (socket) => void (left = left.subarray(socket.write(left)));
      let left = Buffer.alloc(1_000_000);
      await Bun.connect({ hostname: "127.0.0.1", port: server.port, socket: { open: rest, drain: rest, data() {} } });
      await promise;
      process.exit(0);`;
    const { recording } = await report("--own-network", "--", process.execPath, "-e", code);
    const [loopback, ...others] = recording.rates.map(({ total }) => total ?? 0);
    expect(loopback).toBeGreaterThan(1_000_000);
    expect(loopback).toBeLessThan(1_100_000);
    expect(others).toEqual([0, 0]);
  });
});

describe("what cannot be recorded", () => {
  test.each([
    ["there is no such program", "no-such-program", 127],
    ["may not be run", "/etc/passwd", 126],
  ])("%s: %s", async (why, program, code) => {
    const { stderr, exitCode } = await record("--", program);
    expect(stderr).toContain(`Cannot run "${program}"`);
    expect(stderr).toContain(why);
    expect(exitCode).toBe(code);
  });

  test.each([["--out"], ["--csv"]])("into a file that cannot be written, it is not even started: %s", async (flag) => {
    const { stderr, exitCode } = await record(flag, "/dev/null/x", "--", "touch", inFolder("started"));
    expect(stderr).toContain('Cannot write "/dev/null/x"');
    expect(exitCode).toBe(2);
    expect(existsSync(inFolder("started"))).toBe(false);
  });

  test("cannot be written at the end: then the figures are shown, and all other files written", async () => {
    const csv = inFolder("beside.csv");
    const { stderr, exitCode } = await record("--out", "/dev/full", "--csv", csv, "--", "true");
    expect(stderr).toContain("ended with exit code 0");
    expect(stderr).toContain('Cannot write "/dev/full"');
    expect(readFileSync(csv, "utf8")).toStartWith("seconds,phase,");
    expect(exitCode).toBe(1);
  });

  test("has ended at once: then there is a page without curves", async () => {
    const { exitCode } = await record("--every", "60000", "--out", inFolder("short.html"), "--", "true");
    expect(exitCode).toBe(0);
    expect(readFileSync(inFolder("short.html"), "utf8")).toContain("Recording: 0 samples");
  });

  test("was killed: then its exit code says so, and it is a recording all the same", async () => {
    const { stderr, exitCode } = await record("--", "sh", "-c", "kill -9 $$");
    expect(stderr).toContain("was ended by SIGKILL");
    expect(exitCode).toBe(137);
  });
});

describe("marks", () => {
  test("are found however the lines come in pieces, without colours, shortened", () => {
    const found: string[] = [];
    const lines = new MarkedLines(["é da"], (name) => found.push(name));
    const text = `\u001B[32mé da vez\u001B[0m\r\nnot\n${"x".repeat(36)}é da e mais\né da últ`;
    for (const octet of new TextEncoder().encode(text)) lines.push(Uint8Array.of(octet));
    lines.end();
    expect(found).toEqual(["é da vez", `${"x".repeat(36)}é d…`, "é da últ"]);
  });

  test("are not looked for beyond the beginning of an endless line", () => {
    const found: string[] = [];
    const lines = new MarkedLines(["mark"], (name) => found.push(name));
    for (let piece = 0; piece < 1_000; piece++) lines.push(new TextEncoder().encode("0123456789".repeat(100)));
    lines.push(new TextEncoder().encode("mark"));
    lines.end();
    expect(found).toEqual([]);
  });
});

if (!browserExpected) console.warn("SKIPPED: a recording in a real browser, because chromium is not installed");

// Needs chromium.
describe.skipIf(!browserExpected)("its page in a real browser", () => {
  let browser: TestBrowser;
  beforeAll(() => void (browser = new TestBrowser()));
  afterAll(() => browser.close());

  test.each([
    ["with curves", spinning],
    ["without any sample", ["true"]],
  ])("draws CPU, memory and network, and fetches nothing: %s", async (_, command) => {
    const path = inFolder("page.html");
    await record("--every", "20", "--out", path, "--", ...command);
    await using page = browser.openPage();
    const requested: unknown[] = [];
    const complaints: unknown[] = [];
    await page.navigate("about:blank");
    page.addEventListener("Network.requestWillBeSent", (event) => void requested.push(event));
    page.addEventListener("Log.entryAdded", (event) => void complaints.push(event));
    await page.cdp("Network.enable");
    await page.cdp("Log.enable");
    await page.navigate(`file://${path}`);
    await appears(page, "canvas");
    const titles = "[...document.querySelectorAll('.uplot')].map((plot) => plot.ariaLabel)";
    expect(await page.evaluate(titles)).toEqual(["CPU", "Memory", "Network of the machine"]);
    expect(await textOf(page, "pre")).toContain("CPU %, mean");
    expect(await page.evaluate("performance.getEntriesByType('resource').length")).toBe(0);
    expect(requested.length).toBeLessThanOrEqual(2);
    expect(complaints).toEqual([]);
  });
});

testCommandLine(
  "record.ts",
  ["--out", "--csv", "--json", "--every", "--for", "--mark", "--own-network"],
  ["--every=0", "--every=9", "--for=0", "--mark=", "--nothing", "--json"],
);
