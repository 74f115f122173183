// The relay as a person starts it: help, wrong values, figures while it runs, and Ctrl-C.
import { afterEach, describe, expect, test } from "bun:test";

const PROGRAM = new URL("relay.ts", import.meta.url).pathname;

const opened: { close: () => void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

function start(...args: string[]) {
  return Bun.spawn([process.execPath, PROGRAM, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: {} });
}

async function run(...args: string[]) {
  const relay = start(...args);
  const [exitCode, stdout, stderr] = await Promise.all([relay.exited, relay.stdout.text(), relay.stderr.text()]);
  return { exitCode, stdout, stderr };
}

/** What it says, line by line. */
async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function nextLine(lines: AsyncGenerator<string>): Promise<string> {
  const { value } = await lines.next();
  return value ?? "";
}

function portOf(line: string): number {
  return Number(/ (\d+) goes to 127\.0\.0\.1:/.exec(line)?.[1]);
}

/** A server for both protocols that answers everything with itself. */
async function startEcho(): Promise<{ readonly tcp: number; readonly udp: number }> {
  const tcp = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket, chunk) => void socket.write(chunk) },
  });
  const udp = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: { data: (socket, bytes, port, address) => void socket.send(bytes, port, address) },
  });
  opened.push({ close: () => tcp.stop(true) }, udp);
  return { tcp: tcp.port, udp: udp.port };
}

async function askTcp(port: number, text: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data: (_, chunk) => answer.resolve(chunk.toString()) },
  });
  opened.push({ close: () => socket.terminate() });
  socket.write(text);
  return await answer.promise;
}

async function askUdp(port: number, text: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = await Bun.udpSocket({
    connect: { hostname: "127.0.0.1", port },
    socket: { data: (_, bytes) => answer.resolve(bytes.toString()), error: () => undefined },
  });
  opened.push(socket);
  socket.send(text);
  return await answer.promise;
}

describe("bun run relay", () => {
  test("lists its flags for --help and exits 0", async () => {
    const { exitCode, stdout, stderr } = await run("--help");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("--loss <probability>");
  });

  test("names wrong values and exits 2", async () => {
    const { exitCode, stdout, stderr } = await run("--tcp", "0:127.0.0.1:5000", "--loss", "2", "--what");
    expect([exitCode, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 2]);
  });

  test("says why it cannot listen and exits 1", async () => {
    const { tcp } = await startEcho();
    const { exitCode, stderr } = await run("--tcp", `${tcp}:127.0.0.1:5000`);
    expect(exitCode).toBe(1);
    expect(stderr).toStartWith("Cannot start: ");
  });

  test("passes both protocols on, says so each second, and sums up after Ctrl-C", async () => {
    const echo = await startEcho();
    const relay = start("--tcp", `0:127.0.0.1:${echo.tcp}`, "--udp", `0:127.0.0.1:${echo.udp}`, "--delay", "1");
    const lines = linesOf(relay.stdout);
    const [tcp, udp] = [await nextLine(lines), await nextLine(lines)];
    expect(await askTcp(portOf(tcp), "abc")).toBe("abc");
    expect(await askUdp(portOf(udp), "defg")).toBe("defg");
    expect(await nextLine(lines)).toStartWith("tcp ");
    relay.kill("SIGINT");
    const rest = await Array.fromAsync(lines);
    expect(rest.slice(rest.indexOf("In all:") + 1)).toEqual([
      `tcp ${portOf(tcp)}: 1 open; up 1 in, 1 out (3, 3 bytes); down 1 in, 1 out (3, 3 bytes)`,
      `udp ${portOf(udp)}: 1 open; up 1 in, 1 out (4, 4 bytes); down 1 in, 1 out (4, 4 bytes)`,
    ]);
    expect(await relay.exited).toBe(0);
  });

  test("writes figures that programs read, where that was asked for", async () => {
    const { udp } = await startEcho();
    const relay = start("--udp", `0:127.0.0.1:${udp}`, "--json", "--loss", "1");
    const lines = linesOf(relay.stdout);
    await nextLine(lines);
    relay.kill("SIGTERM");
    const [figures = ""] = await Array.fromAsync(lines);
    expect(Object.values(JSON.parse(figures))).toMatchObject([{ up: { packetsIn: 0 }, open: 0 }]);
    expect(await relay.exited).toBe(0);
  });
});
