// A link of the kernel's own that loses packets, where this machine lets us make one.
import { describe, expect, test } from "bun:test";

import { type LossyLink, type LossySide, startLossyLink, whyNoLossyLink, withLossyLink } from "./lossy-link.ts";

const DATAGRAMS = 2_000;
const STREAM_BYTES = 1_000_000;

const ECHO_DATAGRAMS = `
  const data = (socket, bytes, port, address) => void socket.send(bytes, port, address);
  await Bun.udpSocket({ hostname: "0.0.0.0", port: 5000, socket: { data } });
  console.log("ready");`;
/** Each after the answer to the last one: ends when all are answered. */
const ASK_WITH_DATAGRAMS = `
  let answered = 0;
  const data = (socket) => void (++answered === ${DATAGRAMS} ? process.exit(0) : socket.send("x"));
  const socket = await Bun.udpSocket({ connect: { hostname: process.argv[1], port: 5000 }, socket: { data } });
  socket.send("x");`;
const SEND_DATAGRAMS = `
  const socket = await Bun.udpSocket({ connect: { hostname: process.argv[1], port: 5000 } });
  for (let sent = 0; sent < ${DATAGRAMS}; sent++) {
    socket.send("x");
    if (sent % 50 === 0) await Bun.sleep(1);
  }
  process.exit(0);`;
const COUNT_BYTES = `
  let count = 0;
  const socket = {
    data: (_, chunk) => void (count += chunk.length),
    close: () => console.log(count),
  };
  Bun.listen({ hostname: "0.0.0.0", port: 5000, socket });
  console.log("ready");`;
const SEND_BYTES = `
  let rest = new Uint8Array(${STREAM_BYTES});
  const flush = (socket) => {
    rest = rest.subarray(Math.max(0, socket.write(rest)));
    if (rest.length === 0) socket.end();
  };
  const socket = { open: flush, drain: flush, data: () => undefined, close: () => process.exit(0) };
  await Bun.connect({ hostname: process.argv[1], port: 5000, socket });`;

const impossible = whyNoLossyLink();

function namespaces(): string {
  return Bun.spawnSync(["ip", "netns", "list"]).stdout.toString();
}

/** Runs the server's program and, once that is ready, the client's. What follows sees what the server says then. */
async function exchange(
  link: LossyLink,
  [server, client]: readonly [server: string, client: string],
  follow: (nextLine: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const start = (side: LossySide, program: string) =>
    Bun.spawn([...side.command([process.execPath, "-e", program, link.server.address])], { stdout: "pipe" });
  await using serving = start(link.server, server);
  const said = serving.stdout.getReader();
  const nextLine = async (): Promise<string> => new TextDecoder().decode((await said.read()).value).trim();
  expect(await nextLine()).toBe("ready");
  await start(link.client, client).exited;
  await follow(nextLine);
}

// Needs Linux, root, and the packages iproute2 and nftables: where they are missing, the name of the test says which.
describe.skipIf(impossible !== undefined)(`a lossy link${impossible === undefined ? "" : ` (${impossible})`}`, () => {
  test("without loss loses nothing", async () => {
    await withLossyLink({ loss: 0 }, async (link) => {
      await exchange(link, [ECHO_DATAGRAMS, ASK_WITH_DATAGRAMS], async () => {
        expect([link.server.dropped(), link.client.dropped()]).toEqual([0, 0]);
      });
    });
  });

  test("loses about as many datagrams as it was told to", async () => {
    await withLossyLink({ loss: 0.2 }, async (link) => {
      await exchange(link, [ECHO_DATAGRAMS, SEND_DATAGRAMS], async () => {
        expect(Math.abs(link.server.dropped() / DATAGRAMS - 0.2)).toBeLessThan(0.1);
      });
    });
  });

  test("carries TCP whole, though single segments of it are lost", async () => {
    await withLossyLink({ loss: 0.05, congestionControl: "cubic" }, async (link) => {
      await exchange(link, [COUNT_BYTES, SEND_BYTES], async (nextLine) => {
        expect(Number(await nextLine())).toBe(STREAM_BYTES);
        expect(link.server.dropped()).toBeGreaterThan(5);
      });
    });
  });

  test("leaves nothing, also when its use fails", async () => {
    const failing = withLossyLink({ loss: 0.1 }, () => Promise.reject(new Error("it failed")));
    await expect(failing).rejects.toThrow("it failed");
    expect(namespaces()).not.toContain(String(process.pid));
  });

  test("is one at a time, and a second one does the first no harm", async () => {
    await withLossyLink({ loss: 0 }, async (link) => {
      expect(() => startLossyLink({ loss: 0 })).toThrow("this process has one");
      expect(Bun.spawnSync([...link.client.command(["true"])]).exitCode).toBe(0);
    });
  });

  test("of a process that was killed is removed by the next one", async () => {
    const killed = Bun.spawn(["true"]);
    await killed.exited;
    Bun.spawnSync(["ip", "netns", "add", `correio-loss-${killed.pid}-server`]);
    await withLossyLink({ loss: 0 }, async () => undefined);
    expect(namespaces()).not.toContain(`correio-loss-${killed.pid}-server`);
  });

  test("that cannot be made says which command failed, and leaves nothing", () => {
    expect(() => startLossyLink({ loss: 0.1, congestionControl: "nothing" })).toThrow("Cannot run ip -n");
    expect(namespaces()).not.toContain(String(process.pid));
  });
});

test("whether a link can be made here is said in words, or with nothing", () => {
  expect(["string", "undefined"]).toContain(typeof impossible);
});
