// Bodies over real HTTP: how large they may be, and what becomes of one that nobody asked for.

import { describe, expect, test } from "bun:test";
import { connect } from "node:net";

import { HTTP_LIMITS } from "./limits.ts";
import { readInput } from "./request-body.ts";
import { STAND_IN_TOKEN, startStandIn, withToken } from "./stand-in.ts";

const { requestBodyBytesMax, announcedBodyBytesMax } = HTTP_LIMITS;
const json = { ...withToken, "Content-Type": "application/json" };

const tooLarge = {
  type: "urn:correio:problem:body_too_large",
  title: "The body is too large",
  status: 413,
  detail: `Cannot read the body: it has more than ${requestBodyBytesMax} bytes, the limit`,
  code: "body_too_large",
};

/** A JSON text of this many bytes. */
function textOf(bytes: number): string {
  return JSON.stringify("x".repeat(bytes - 2));
}

describe("a body over the limit", () => {
  test.each([
    ["POST", "/actors/counter/a/add"],
    ["POST", "/actors/counter/a/value"],
    ["POST", "/actors/counter/a/_quarantine"],
    ["POST", "/actors/counter/a/_stop"],
    ["POST", "/dead-letters/7/replay"],
    ["DELETE", "/sessions/17"],
    ["POST", "/nowhere"],
  ])("is 413 as a problem, and nothing is done: %s %s", async (method, path) => {
    await using gateway = startStandIn();
    const response = await gateway.send(method, path, json, textOf(requestBodyBytesMax + 1));
    expect(response.status).toBe(413);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toEqual(tooLarge);
    expect(gateway.asked).toEqual([]);
    expect(gateway.faults).toEqual([]);
  });

  test("is one byte more than a body that is read", async () => {
    await using gateway = startStandIn();
    const path = "/actors/counter/a/add";
    expect((await gateway.send("POST", path, json, textOf(requestBodyBytesMax))).status).toBe(200);
    expect((await gateway.send("POST", path, json, textOf(requestBodyBytesMax + 1))).status).toBe(413);
  });

  test("is the same problem however large, up to where Bun itself lets nothing in", async () => {
    await using gateway = startStandIn();
    const answered = await gateway.send("POST", "/actors/counter/a/add", json, textOf(announcedBodyBytesMax));
    expect(await answered.json()).toEqual(tooLarge);
    const head = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${announcedBodyBytesMax + 1}\r\n\r\n`;
    expect(await exchange(gateway.port, head)).toStartWith("HTTP/1.1 413 ");
  });

  test("is found while it comes where nothing announces its size, and ends its connection", async () => {
    await using gateway = startStandIn();
    const atLimit = await exchange(gateway.port, `${chunked(textOf(requestBodyBytesMax), "close")}0\r\n\r\n`);
    expect(atLimit).toStartWith("HTTP/1.1 200 ");
    // Without the end of it: the connection must not wait for more.
    const beyond = await exchange(gateway.port, chunked(textOf(requestBodyBytesMax + 1), "keep-alive"));
    expect(beyond).toStartWith("HTTP/1.1 413 ");
    expect(JSON.parse(beyond.slice(beyond.indexOf("\r\n\r\n")))).toEqual(tooLarge);
    expect(gateway.asked.length).toBe(1);
  });

  test("needs the token first", async () => {
    await using gateway = startStandIn();
    const body = textOf(requestBodyBytesMax + 1);
    expect((await gateway.send("POST", "/actors/counter/a/add", {}, body)).status).toBe(401);
  });

  test("is not read on", async () => {
    const read: number[] = [];
    const chunk = new Uint8Array(requestBodyBytesMax / 2);
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          read.push(chunk.length);
          controller.enqueue(chunk);
        },
        cancel: () => void read.push(0),
      },
      { highWaterMark: 0 },
    );
    const answer = await readInput(new Request("http://localhost/", { method: "POST", body }));
    expect(answer).toMatchObject({ status: 413 });
    expect(read).toEqual([chunk.length, chunk.length, chunk.length, 0]);
  });
});

describe("a body with a content encoding", () => {
  const compressed = Bun.gzipSync('{"amount":1}');

  test.each([
    ["gzip", compressed],
    ["BR", compressed],
    ["gzip, identity", compressed],
    ["gzip", '{"amount":1}'],
  ])("of %s is 415, and says to send it as it is", async (encoding, body) => {
    await using gateway = startStandIn();
    const headers = { ...json, "Content-Encoding": encoding };
    const response = await fetch(`${gateway.url}/actors/counter/a/add`, { method: "POST", headers, body });
    expect(response.status).toBe(415);
    expect(response.headers.get("accept-encoding")).toBe("identity");
    expect(await response.json()).toMatchObject({
      code: "unsupported_encoding",
      detail: 'Cannot read the body: send it uncompressed, without "Content-Encoding"',
    });
    expect(gateway.asked).toEqual([]);
  });

  test("that says it has none is read", async () => {
    await using gateway = startStandIn();
    const headers = { ...json, "Content-Encoding": "identity" };
    expect((await gateway.send("POST", "/actors/counter/a/add", headers, '{"amount":1}')).status).toBe(200);
  });
});

describe("a body that breaks off", () => {
  test("because its client went away is no fault", async () => {
    expect(await readInput(brokenRequest(AbortSignal.abort()))).toMatchObject({ status: 400 });
  });

  test("for any other reason is one", async () => {
    await expect(readInput(brokenRequest(new AbortController().signal))).rejects.toThrow("it broke off");
  });
});

describe("a route that acts and has no input", () => {
  const routes = [
    ["POST", "/actors/counter/page%2Fhome/_hibernate", 204],
    ["POST", "/actors/counter/page%2Fhome/_stop", 204],
    ["POST", "/actors/counter/page%2Fhome/_release", 204],
    ["POST", "/dead-letters/7/replay", 202],
    ["DELETE", "/dead-letters/7", 204],
    ["DELETE", "/sessions/17", 204],
    ["DELETE", "/actors/counter/page%2Fhome/alarms/reset", 204],
  ] as const;

  test.each(routes)("refuses a body as a method without input does: %s %s", async (method, path) => {
    await using gateway = startStandIn();
    for (const [headers, body, status] of [
      [json, "{}", 422],
      [json, "null", 422],
      [json, "{broken", 400],
      [withToken, "{}", 415],
    ] as const) {
      expect((await gateway.send(method, path, headers, body)).status, body).toBe(status);
    }
    const response = await gateway.send(method, path, json, "{}");
    expect(await response.json()).toMatchObject({
      code: "invalid_request",
      detail: "Cannot accept the request: it takes no input, so it has no body",
    });
    expect(gateway.asked).toEqual([]);
  });

  test.each(routes)("takes an empty body for none, of whatever type: %s %s is %d", async (method, path, status) => {
    await using gateway = startStandIn();
    const headers = { ...withToken, "Content-Type": "application/x-www-form-urlencoded" };
    expect((await gateway.send(method, path, headers, "")).status).toBe(status);
    expect(gateway.asked.length).toBe(1);
  });
});

function brokenRequest(signal: AbortSignal): Request {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("it broke off")) });
  return new Request("http://localhost/", { method: "POST", body, signal });
}

/** A call whose body has come so far, its end not among it. */
function chunked(body: string, connection: string): string {
  const head = [
    "POST /actors/counter/a/add HTTP/1.1",
    "Host: localhost",
    `Authorization: Bearer ${STAND_IN_TOKEN}`,
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
    `Connection: ${connection}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;
}

/** All that is answered until the gateway ends the connection. */
function exchange(port: number, request: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  const answer: string[] = [];
  socket.setEncoding("utf8");
  socket.on("data", (text) => void answer.push(String(text)));
  socket.once("error", reject);
  socket.once("end", () => {
    resolve(answer.join(""));
    socket.destroy();
  });
  socket.write(request);
  return promise;
}
