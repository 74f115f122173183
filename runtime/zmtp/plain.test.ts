// Passwords over loopback: who is let in, who is not, and what each side learns of that.
import { afterEach, describe, expect, test } from "bun:test";

import { ending } from "../testing/outcome.ts";
import type { ZmtpCredentials } from "../wire/zmtp-command.ts";
import type { EndpointOptions } from "./endpoints.ts";
import { ReplySocket } from "./reply-socket.ts";
import { RequestSocket } from "./request-socket.ts";
import { Bench, peersAt, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const SOON_MS = 50;
const bench = new Bench();

afterEach(() => bench.clear());

const admits = ({ username, password }: ZmtpCredentials): boolean => username === "ana" && password === "segrêdo";
const credentials = { username: "ana", password: "segrêdo" };

function serve(options: EndpointOptions): { rep: ReplySocket; port: number } {
  const rep = bench.keep(new ReplySocket(bench.context, (frames) => frames, options));
  return { rep, port: rep.endpoints.bind({ port: 0 }) };
}

function ask(port: number, options: EndpointOptions = {}): RequestSocket {
  const req = bench.keep(new RequestSocket(bench.context, options));
  req.endpoints.connect({ host: HOST, port });
  return req;
}

describe("a socket with passwords", () => {
  test("lets in who shows the right one", async () => {
    const { port } = serve({ admits });
    expect((await ask(port, { credentials }).request(["oi"])).frames.map(String)).toEqual(["oi"]);
    expect(bench.ended).toEqual([]);
  });

  test.each([
    ["a wrong one", { credentials: { username: "ana", password: "errado" } }, "wire.zmtp_refused_by_peer"],
    ["none at all", {}, "wire.zmtp_mechanism"],
  ])("does not let in who shows %s: nothing is answered, and each side says why", async (_, options, why) => {
    const { rep, port } = serve({ admits });
    const req = ask(port, options);
    expect(await ending(req.request(["oi"], SOON_MS))).toMatchObject({ code: "zmtp.no_reply", stood: "queued" });
    await until("both ends", () => bench.ended.length >= 2);
    const ours = why === "wire.zmtp_mechanism" ? why : "wire.zmtp_wrong_password";
    expect(bench.ended).toContain(ours);
    expect(bench.ended).toContain(why);
    expect([rep.endpoints.peers.size, req.endpoints.peers.size]).toEqual([0, 0]);
  });

  test("goes on dialling, and is in as soon as its password is right there", async () => {
    const allowed = new Set<string>();
    const { rep, port } = serve({ admits: ({ username }) => allowed.has(username) });
    const req = ask(port, { credentials });
    await until("a refusal", () => bench.ended.includes("wire.zmtp_wrong_password"));
    allowed.add("ana");
    expect((await req.request(["oi"])).frames.map(String)).toEqual(["oi"]);
    await peersAt(rep, 1);
  });

  test("is not understood by one without, nor the other way round", async () => {
    const { port } = serve({});
    ask(port, { credentials });
    await until("the end", () => bench.ended.includes("wire.zmtp_mechanism"));
  });

  test("shows them where it dials, and asks for them where it listens", async () => {
    const [left, right] = [serve({ admits }), serve({ admits: ({ username }) => username === "bea" })];
    left.rep.endpoints.connect({
      host: HOST,
      port: bench.keep(new RequestSocket(bench.context)).endpoints.bind({ port: 0 }),
    });
    await peersAt(left.rep, 1);
    const both = ask(left.port, { credentials, admits: () => true });
    both.endpoints.connect({ host: HOST, port: right.port });
    await peersAt(both, 1);
    await until("a refusal at the other", () => bench.ended.includes("wire.zmtp_wrong_password"));
    expect(right.rep.endpoints.peers.size).toBe(0);
  });
});
