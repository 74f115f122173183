// What passes the front door over real sockets, and what does not: names of requests, slow bodies, crooked paths.

import { describe, expect, test } from "bun:test";
import { connect } from "node:net";

import { HTTP_LIMITS } from "./limits.ts";
import { digestOf } from "./secrets.ts";
import { ELSEWHERE, STAND_IN_TOKEN, startStandIn, withToken } from "./stand-in.ts";

const HEAD = ["Host: localhost", `Authorization: Bearer ${STAND_IN_TOKEN}`, "Content-Type: application/json"];
const ADD = "POST /actors/counter/a/add HTTP/1.1";

describe("the name of a request", () => {
  test.each(["a", "0f3c.4-b_Z", "x".repeat(64)])("is the client's, where it is well formed: %p", async (id) => {
    await using gateway = startStandIn();
    expect((await gateway.get("/health", { "X-Request-Id": id })).headers.get("x-request-id")).toBe(id);
  });

  test.each(["", "x".repeat(65), "a b", "a\tb", "é", "<script>", "a;b", '"a"', "a,b"])(
    "is made here where the client's is none: %p",
    async (id) => {
      await using gateway = startStandIn();
      const made = (await gateway.get("/health", { "X-Request-Id": id })).headers.get("x-request-id") ?? "";
      expect(made).toMatch(/^[\w-]{16}$/);
    },
  );

  test("is another each time, and on every answer, refusals too", async () => {
    await using gateway = startStandIn();
    const answers = await Promise.all([
      gateway.get("/health"),
      gateway.get("/nowhere"),
      gateway.send("DELETE", "/sessions/17"),
      gateway.get("/health", { Host: "evil.example" }),
      gateway.send("POST", "/actors/counter/a/add", withToken, "x".repeat(HTTP_LIMITS.requestBodyBytesMax + 1)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 421, 413]);
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    expect(new Set(ids).size).toBe(answers.length);
    expect(ids).not.toContain(null);
  });

  test.each(["a\r\nSet-Cookie: mine=1", "a\nb", "a\r\n\r\nGET /access/tokens HTTP/1.1"])(
    "does not become another header, or another request: %j",
    async (id) => {
      await using gateway = startStandIn();
      const answer = await exchange(gateway.port, `GET /health HTTP/1.1\r\n${HEAD[0]}\r\nX-Request-Id: ${id}\r\n\r\n`);
      expect(answer).not.toMatch(/set-cookie|mine=1/i);
      expect(answer).not.toContain('"items"');
    },
  );
});

describe("a body that does not come", () => {
  test.each([
    ["announced", "Content-Length: 12", '{"amou'],
    ["announced, and nothing of it", "Content-Length: 12", ""],
    ["in chunks", "Transfer-Encoding: chunked", '6\r\n{"amou\r\n'],
  ])("in time is 408, its connection ends, and nothing is done: %s", async (_, length, body) => {
    await using gateway = startStandIn({}, {}, { bodyMsMax: 20 });
    const answer = await exchange(gateway.port, [ADD, ...HEAD, length, "", body].join("\r\n"));
    expect(answer).toStartWith("HTTP/1.1 408 ");
    expect(answer).toContain('"code":"body_too_slow"');
    expect(gateway.asked).toEqual([]);
    expect(gateway.access.entries).toEqual([]);
    expect(gateway.faults).toEqual([]);
  });

  test("is nothing any more when its token was revoked before it was there", async () => {
    await using gateway = startStandIn();
    const { access } = gateway.access;
    const made = { id: "t", name: "ana", role: "operator", createdBy: "admin" } as const;
    await access.create({ ...made, digest: digestOf("hers") });
    const known = Promise.withResolvers<void>();
    const { holder } = access;
    access.holder = (of) => holder(of).finally(known.resolve);
    const head = [ADD, HEAD[0], "Authorization: Bearer hers", "Content-Length: 12", "Connection: close", "", "{"];
    const answer = exchange(
      gateway.port,
      head.join("\r\n"),
      known.promise.then(() => access.revoke(made)).then(() => '"amount":1}'),
    );
    expect(await answer).toStartWith("HTTP/1.1 401 ");
    expect(gateway.asked).toEqual([]);
  });

  test("to sign in with, neither", async () => {
    await using gateway = startStandIn({}, {}, { bodyMsMax: 20 });
    const head = ["POST /access/sign-in HTTP/1.1", HEAD[0], "Content-Length: 12", "", ""];
    expect(await exchange(gateway.port, head.join("\r\n"))).toStartWith("HTTP/1.1 408 ");
  });

  test("is not waited for of who may not do it", async () => {
    await using gateway = startStandIn();
    const head = [ADD, HEAD[0], "Connection: close", "Content-Length: 12", "", '{"amou'];
    expect(await exchange(gateway.port, head.join("\r\n"))).toStartWith("HTTP/1.1 401 ");
  });
});

describe("a crooked path", () => {
  test.each([
    "/health/../access/tokens",
    "/docs/%2e%2e/access/tokens",
    "/access/%2e/tokens",
    "/%61ccess/tokens",
    "/access/tokens/",
    "/access%2ftokens",
    "//access/tokens",
    "/./access/./tokens",
    "\\access\\tokens",
    "/docs/..%2faccess/tokens",
    "/pages/..%2f..%2faccess/tokens",
    "/access/tokens?x=1",
    "/access/tokens%00",
    "/access;/tokens",
    "/actors/%61udit/main",
    "/actors/counter/../audit/main",
    "/actors/audit%2fmain",
    "http://localhost/access/tokens",
    "/health#/../access/tokens",
  ])("shows nobody what is an admin's: %s", async (path) => {
    await using gateway = startStandIn();
    const answer = await exchange(gateway.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const [, status = ""] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
    expect(["400", "401", "404"], answer.split("\r\n")[0]).toContain(status);
    expect(answer).not.toContain('"items"');
    expect(gateway.asked).toEqual([]);
  });
});

describe("a malformed host", () => {
  const HOSTS = ["", "Host: ", "Host: :80", "Host: 127.0.0.1:x", "Host: 127.999.0.1", "Host: localhost/docs?"];

  test.each(HOSTS)("is the client's fault, and shows nothing: %p", async (line) => {
    for (const [host, statuses] of [["127.0.0.1", ["400", "421"]] as const, [ELSEWHERE, ["400"]] as const]) {
      await using gateway = startStandIn({}, {}, { host });
      const answer = await exchange(gateway.port, `GET /actors HTTP/1.0\r\n${line === "" ? "" : `${line}\r\n`}\r\n`);
      const [, status = ""] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? [];
      expect(statuses).toContain(status as never);
      expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
      expect([gateway.asked, gateway.faults]).toEqual([[], []]);
    }
  });
});

describe("what all answers carry", () => {
  test("is a policy under which no page runs what is not its own", async () => {
    await using gateway = startStandIn();
    const policyOf = async (path: string) => (await gateway.get(path)).headers.get("content-security-policy") ?? "";
    expect(await policyOf("/actors")).toBe(
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect((await policyOf("/docs")).match(/\S+ 'self' 'unsafe-inline'/g)).toEqual([
      "style-src 'self' 'unsafe-inline'",
    ]);
  });

  test("is what else browsers may not do", async () => {
    await using gateway = startStandIn();
    const { headers } = await gateway.get("/actors");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("strict-transport-security")).toBeNull();
  });
});

/** Over a bare socket, which sends what it is told: all that comes until the gateway ends the connection. */
function exchange(port: number, request: string, rest?: Promise<string>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  const answer: string[] = [];
  socket.setEncoding("utf8");
  socket.on("data", (text) => {
    answer.push(String(text));
    if (/^HTTP\/1\.1 (?!408)/.test(answer.join(""))) socket.end();
  });
  socket.once("error", reject);
  socket.once("close", () => resolve(answer.join("")));
  socket.write(request);
  void rest?.then((text) => socket.write(text));
  return promise;
}
