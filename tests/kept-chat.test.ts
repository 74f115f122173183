// What the text server is for: clients that exist already, and talk that goes on when the server was killed under it.
import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";

import { ChatClient } from "./lib/chat-client.ts";
import { eventually } from "./lib/eventually.ts";
import type { Settings } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";
import { startTestNode, type TestNode } from "./lib/test-node.ts";

const servers: ServerProcess[] = [];
const nodes: TestNode[] = [];

afterEach(async () => {
  await Promise.all([
    ...servers.splice(0).map((server) => server.remove()),
    ...nodes.splice(0).map((node) => node.stop()),
  ]);
});

async function serve(settings: Settings = {}, folder?: string): Promise<ServerProcess> {
  const quiet = { CORREIO_LOG_LEVEL: "silent", CORREIO_CONSOLE: false };
  const server = new ServerProcess({ ...quiet, ...settings }, folder);
  servers.push(server);
  await server.listens();
  return server;
}

const keyOf = (hello: string): string => hello.split(" ")[2] ?? "";

describe("a client that sends ECHO without a newline and reads once", () => {
  test("has the whole reply with that, and nothing else", async () => {
    const node = await startTestNode();
    nodes.push(node);
    const socket = connect({ host: "127.0.0.1", port: node.port });
    socket.write("ECHO");
    const chunk = await new Promise<Buffer>((resolve) => void socket.once("data", resolve));
    expect(chunk.toString()).toBe("ECHO: Comando recebido com sucesso.");
    socket.destroy();
  });
});

describe("two people, one over TCP and one over datagrams", () => {
  test("go on with their history when the server was killed and started again under them", async () => {
    const first = await serve();
    const { port, udpPort, httpPort, dataFolder } = first;
    const ana = await ChatClient.overTcp(port, "a");
    const bea = await ChatClient.overDatagrams(udpPort, "b");
    const anaKey = keyOf(await ana.ask("HELLO ana"));
    const beaKey = keyOf(await bea.ask("HELLO bea"));
    for (const client of [ana, bea]) await client.ask("JOIN lobby 0");
    expect(await ana.ask("SAY lobby oi, bea")).toBe("SAY: lobby 1");
    expect(await bea.ask("SAY lobby oi, ana")).toBe("SAY: lobby 2");
    await Promise.all([ana, bea].map((client) => client.hearsMessages("lobby", 2)));

    first.signal("SIGKILL");
    await first.exit();
    const ports = { CORREIO_PORT: port, CORREIO_UDP_PORT: udpPort, CORREIO_HTTP_PORT: httpPort };
    await serve(ports, dataFolder);
    await ana.ends();
    // The new server knows nothing of that connection, and says so.
    bea.say("PING");
    expect(await bea.ends()).toBe("gone 0");

    const cai = await ChatClient.overTcp(port, "c");
    await cai.askAll("HELLO cai", "JOIN lobby", "SAY lobby enquanto isso", "MSG bea só para você");
    expect(await cai.ask("HELLO ana")).toStartWith("ERROR: ");

    const anaAgain = await ChatClient.overTcp(port, "a2");
    const beaAgain = await ChatClient.overDatagrams(udpPort, "b2");
    expect(await anaAgain.ask(`HELLO ana ${anaKey}`)).toStartWith("HELLO: ana ");
    expect(await beaAgain.ask(`HELLO bea ${beaKey}`)).toMatch(/^HELLO: bea \S{32} 1$/);
    for (const client of [anaAgain, beaAgain]) {
      expect(await client.ask("JOIN lobby 2")).toStartWith("JOIN: lobby 3 ");
      expect(await client.hearsMessages("lobby", 1)).toMatchObject([{ number: 3, from: "cai", text: "enquanto isso" }]);
    }
    expect(await beaAgain.ask("HISTORY @bea 0")).toBe("HISTORY: @bea 1 1");
    await beaAgain.hears("* @bea 1 ");
    expect(await beaAgain.ask("SAY lobby continuamos")).toBe("SAY: lobby 4");
    for (const client of [anaAgain, cai]) await client.hears(" bea: continuamos");
    expect(await anaAgain.ask("HISTORY lobby 0")).toBe("HISTORY: lobby 4 4");
    await eventually("only who is there", async () => {
      const who = await anaAgain.ask("WHO lobby");
      return /^WHO: lobby ana@\S+\/tcp bea@\S+\/datagram cai@\S+\/tcp$/.test(who);
    });
    for (const client of [anaAgain, beaAgain, cai]) client.close();
  }, 20_000);
});
