// A session on TCP with a datagram connection bound to it: who gets which lines, and what happens when one is lost.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { ChatNode } from "./test-clients.ts";

const PORT = 5_001;

/** Ana in the lobby over TCP, with a datagram connection bound to it; Bea in the lobby. */
async function boundAna() {
  const node = new ChatNode({ udpPort: PORT });
  const ana = await node.named("ana");
  const bea = await node.named("bea");
  await ana.type("JOIN lobby");
  await bea.type("JOIN lobby");
  const token = await tokenOf(ana);
  const data = node.connect("datagram-session");
  expect(await data.type(`BIND ${token}`)).toEqual(["BIND: ana"]);
  ana.clear();
  return { node, ana, bea, data, token };
}

async function tokenOf(client: { type(line: string): Promise<readonly string[]> }): Promise<string> {
  const [reply = ""] = await client.type("UDP");
  expect(reply).toStartWith(`UDP: ${PORT} `);
  return reply.split(" ")[2] ?? "";
}

const said = (lines: readonly string[]) => lines.filter((line) => line.startsWith("* "));

describe("a bound datagram connection", () => {
  test("gets the lines of rooms and inbox instead of the session on TCP", async () => {
    const { ana, bea, data } = await boundAna();
    await bea.type("SAY lobby oi", "MSG ana psiu");
    expect(said(data.lines).map((line) => line.split(" ").slice(1, 3))).toEqual([
      ["lobby", "1"],
      ["@ana", "1"],
    ]);
    expect(ana.lines).toEqual([]);
  });

  test("speaks as the one it is bound to, and is no member of its own", async () => {
    const { bea, data } = await boundAna();
    expect((await data.type("SAY lobby oi")).at(-1)).toBe("SAY: lobby 1");
    expect(bea.lines.at(-1)).toEndWith(" ana: oi\n");
    expect(await bea.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp bea@127.0.0.1:50000/tcp"]);
  });

  test("leaves coming, going and names to the session on TCP", async () => {
    const { data } = await boundAna();
    const replies = await data.type("JOIN sala", "LEAVE lobby", "HELLO zeca", "LOGIN ana x", "UDP");
    expect(replies).toEqual(
      Array.from({ length: 5 }, () => "ERROR: Este comando vai pela conexão TCP (chat.control_on_tcp)."),
    );
  });

  test("follows the session on TCP into rooms and out of them", async () => {
    const { node, ana, bea, data } = await boundAna();
    await ana.type("JOIN sala");
    await bea.type("JOIN sala");
    data.clear();
    await bea.type("SAY sala oi");
    expect(said(data.lines)[0]).toStartWith("* sala 1 ");
    await ana.type("LEAVE lobby");
    await node.stepped.clock.settle();
    data.clear();
    await bea.type("SAY lobby oi");
    expect(data.lines).toEqual([]);
    expect((await data.type("SAY lobby oi"))[0]).toContain("(chat.not_a_member)");
  });

  test("that is lost gives the lines back to TCP, and says so there", async () => {
    const { ana, bea, data } = await boundAna();
    await data.leave("lost");
    expect(ana.lines).toEqual(["* ! udp_lost Os datagramas não chegam; as mensagens vêm por TCP.\n"]);
    ana.clear();
    await bea.type("SAY lobby oi");
    expect(said(ana.lines)).toHaveLength(1);
  });

  test("is given up at once where the client says so on TCP, and none of the lines is missing", async () => {
    const { ana, bea, data } = await boundAna();
    await bea.type("SAY lobby um");
    expect(await ana.type("UDP off", "JOIN lobby 0")).toEqual([
      "UDP: off",
      "JOIN: lobby 1 2",
      expect.stringMatching(/^\* lobby 1 .* bea: um$/),
    ]);
    expect(data.connection.endReason).toBe("unbound");
    ana.clear();
    await bea.type("SAY lobby dois");
    expect(said(ana.lines)).toHaveLength(1);
    expect(await ana.type("UDP off")).toEqual(["UDP: off"]);
  });

  test("can be followed by another, with another token", async () => {
    const { node, ana, bea, data, token } = await boundAna();
    await data.leave("lost");
    const next = node.connect("datagram-session");
    expect((await next.type(`BIND ${token}`))[0]).toContain("(chat.no_binding)");
    expect(await next.type(`BIND ${await tokenOf(ana)}`)).toEqual(["BIND: ana"]);
    next.clear();
    await bea.type("SAY lobby oi");
    expect(said(next.lines)).toHaveLength(1);
  });

  test("gives way to the next: the one before says and hears nothing more", async () => {
    const { node, ana, bea, data } = await boundAna();
    const next = node.connect("datagram-session");
    await next.type(`BIND ${await tokenOf(ana)}`);
    for (const client of [data, next]) client.clear();
    await bea.type("SAY lobby oi");
    expect(data.connection.endReason).toBe("unbound");
    expect(data.lines).toEqual([]);
    expect(said(next.lines)).toHaveLength(1);
  });

  test("that is lost while another token is out leaves that good", async () => {
    const { node, ana, data } = await boundAna();
    const token = await tokenOf(ana);
    await data.leave("lost");
    expect(await node.connect("datagram-session").type(`BIND ${token}`)).toEqual(["BIND: ana"]);
  });

  test("gets the inbox alone also when the session on TCP says its name again", async () => {
    const { ana, bea, data } = await boundAna();
    await ana.type("HELLO ana");
    ana.clear();
    await bea.type("MSG ana psiu");
    expect(ana.lines).toEqual([]);
    expect(data.lines.at(-1)).toEndWith(" bea: psiu\n");
  });

  test("reads the inbox too", async () => {
    const { bea, data } = await boundAna();
    await bea.type("MSG ana psiu");
    expect((await data.type("HISTORY @ana"))[0]).toBe("HISTORY: @ana 1 1");
  });

  test("that is busy misses no line of a room that is joined over TCP", async () => {
    const { node, ana, bea, data } = await boundAna();
    await bea.type("JOIN sala");
    data.connection.deliver(...Array.from({ length: limits.commandsBurst + 100 }, () => "WHO lobby\n"));
    ana.connection.deliver("JOIN sala\n");
    await node.stepped.advance(1);
    bea.connection.deliver("SAY sala oi\n");
    await node.stepped.advance(10_000);
    const seen = [...ana.lines, ...data.lines];
    const last = Number(seen.find((line) => line.startsWith("JOIN: sala "))?.split(" ")[2]);
    expect(last === 1 || seen.some((line) => line.endsWith(" bea: oi\n"))).toBeTrue();
  });

  test("ends with the session on TCP", async () => {
    const { ana, data } = await boundAna();
    await ana.leave();
    expect(data.connection.endReason).toBe("control_gone");
  });

  test("that says goodbye goes alone: its session stays", async () => {
    const { ana, bea, data } = await boundAna();
    await data.type("EXIT");
    expect(ana.connection.endReason).toBeUndefined();
    expect(await bea.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp bea@127.0.0.1:50000/tcp"]);
  });
});

describe("a token", () => {
  test("works once", async () => {
    const { node, token } = await boundAna();
    expect((await node.connect("datagram-session").type(`BIND ${token}`))[0]).toContain("(chat.no_binding)");
  });

  test.each(["x", "1.short", `1.${"x".repeat(32)}`, `99.${"x".repeat(32)}`, `../1.${"x".repeat(32)}`])(
    "that was never given binds nothing: %s",
    async (token) => {
      const { node } = await boundAna();
      const stranger = node.connect("datagram-session");
      expect((await stranger.type(`BIND ${token}`))[0]).toContain("(chat.no_binding)");
      expect(stranger.connection.endReason).toBeUndefined();
    },
  );

  test("is of no use over anything but datagrams", async () => {
    const { node, ana } = await boundAna();
    const token = await tokenOf(ana);
    expect((await node.connect("udp-text-session").type(`BIND ${token}`))[0]).toContain("(chat.only_over_datagrams)");
  });

  test("is not given where there is no UDP port", async () => {
    const ana = await new ChatNode().named("ana");
    expect(await ana.type("UDP")).toEqual(["ERROR: Este servidor não ouve UDP (chat.no_udp)."]);
  });
});
