// How many WebSockets are open: up to each limit and one past it, and a thousand that say nothing.

import { afterEach, describe, expect, test } from "bun:test";

import type { OpenWebSession, WebSocketPort } from "#runtime/net/web-socket-port.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { ELSEWHERE, STAND_IN_TOKEN, startStandIn, withToken } from "./stand-in.ts";
import { WebSocketSeats } from "./web-socket-seats.ts";

const { webSocketsMax, webSocketsPerAddressMax } = HTTP_LIMITS;
const NOBODY = { received: () => undefined, drained: () => undefined, closed: () => undefined };
const upgrading = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };

const opened: WebSocket[] = [];
afterEach(() => opened.splice(0).forEach((socket) => socket.terminate()));

/** Whether it opens. */
function opens(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  opened.push(socket);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.addEventListener("open", () => resolve(true));
  socket.addEventListener("error", () => resolve(false));
  return promise;
}

describe("WebSockets", () => {
  test("that sit idle, a thousand of one address: so many are open, the rest is refused with 429", async () => {
    const asked: WebSocketPort[] = [];
    const begin: OpenWebSession = (socket) => {
      asked.push(socket);
      return NOBODY;
    };
    await using gateway = startStandIn({}, {}, { webSockets: new Map([["/chat", begin]]) });
    const url = gateway.url.replace("http", "ws");
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => opens(`${url}/chat`)));
    expect(outcomes.filter(Boolean)).toHaveLength(webSocketsPerAddressMax);
    expect(asked).toHaveLength(webSocketsPerAddressMax);
    const refused = await gateway.get("/chat", { ...upgrading, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ code: "too_many_web_sockets" });
    expect((await gateway.get("/health")).status).toBe(200);
    const [first] = opened;
    const left = Promise.withResolvers<void>();
    first?.addEventListener("close", () => left.resolve());
    first?.close();
    await left.promise;
    expect(await opens(`${url}/chat`)).toBe(true);
  });

  test("tell their session who has opened them", async () => {
    const roles: unknown[] = [];
    const begin: OpenWebSession = ({ role }) => {
      roles.push(role);
      return NOBODY;
    };
    await using gateway = startStandIn({}, {}, { webSockets: new Map([["/chat", begin]]) });
    const url = gateway.url.replace("http", "ws");
    expect(await opens(`${url}/chat`)).toBe(true);
    expect(await opens(`${url}/chat`, withToken)).toBe(true);
    expect(roles).toEqual(["anonymous", "admin"]);
  });

  test("elsewhere than on loopback show what is live to viewers alone", async () => {
    await using gateway = startStandIn({}, {}, { host: ELSEWHERE });
    const url = gateway.url.replace("http", "ws");
    expect(await opens(`${url}/live`)).toBe(false);
    expect(await opens(`${url}/live`, withToken)).toBe(true);
  });
});

const nothing = (): undefined => undefined;

function socketFrom(remoteAddress: string): WebSocketPort {
  return { remoteAddress, remotePort: 1, send: () => 0, waitingBytes: () => 0, close: nothing, terminate: nothing };
}

function sit(seats: WebSocketSeats, address: string, begin: OpenWebSession = () => NOBODY) {
  return seats.seated(address, begin)(socketFrom(address));
}

describe("a WebSocket that was opened with a token, or a cookie", () => {
  const JSON_TYPE = { "Content-Type": "application/json" };

  test("is closed when that is revoked, over or signed out; others stay", async () => {
    const webSockets = new Map([["/chat", (() => NOBODY) satisfies OpenWebSession]]);
    await using gateway = startStandIn({}, {}, { webSockets, staleLookMs: 5 });
    const url = `${gateway.url.replace("http", "ws")}/chat`;
    const make = async (name: string, more = {}) => {
      const body = JSON.stringify({ name, role: "operator", ...more });
      const made = await gateway.send("POST", "/access/tokens", { ...withToken, ...JSON_TYPE }, body);
      return (await made.json()) as { readonly id: string; readonly secret: string };
    };
    const closed = () => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      opened.at(-1)?.addEventListener("close", ({ code, reason }) => resolve([code, reason]));
      return promise;
    };
    const revoked = await make("revoked");
    const shortLived = await make("short-lived", { expiresInHours: 1 });
    const signIn = JSON.stringify({ token: STAND_IN_TOKEN });
    const page = await gateway.send("POST", "/access/sign-in", JSON_TYPE, signIn);
    const cookie = { Cookie: page.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
    const { csrf } = (await (await gateway.get("/access/me", cookie)).json()) as { readonly csrf: string };
    expect([await opens(url), await opens(url, withToken)]).toEqual([true, true]);
    const ends: Promise<unknown>[] = [];
    for (const secret of [revoked.secret, shortLived.secret]) {
      expect(await opens(url, { Authorization: `Bearer ${secret}` })).toBe(true);
      ends.push(closed());
    }
    expect(await opens(url, cookie)).toBe(true);
    ends.push(closed());
    await gateway.send("DELETE", `/access/tokens/${revoked.id}`, withToken);
    expect(await ends[0]).toEqual([1_008, "signed_out"]);
    gateway.access.clock.pass(3_600_000);
    expect(await ends[1]).toEqual([1_008, "signed_out"]);
    await gateway.send("POST", "/access/sign-out", { ...cookie, "X-CSRF-Token": csrf });
    expect(await ends[2]).toEqual([1_008, "signed_out"]);
    const { OPEN, CLOSED } = WebSocket;
    expect(opened.map(({ readyState }) => readyState)).toEqual([OPEN, OPEN, CLOSED, CLOSED, CLOSED]);
  });
});

describe("seats", () => {
  test("are so many for one address, and free again when a socket closes", () => {
    const seats = new WebSocketSeats();
    const sessions = Array.from({ length: webSocketsPerAddressMax }, () => {
      expect(seats.refuse("192.0.2.1")).toBeUndefined();
      return sit(seats, "192.0.2.1");
    });
    expect(seats.refuse("192.0.2.1")?.status).toBe(429);
    expect(seats.refuse("192.0.2.2")).toBeUndefined();
    sessions[0]?.closed(true);
    expect(seats.refuse("192.0.2.1")).toBeUndefined();
  });

  test("are so many in all", () => {
    const seats = new WebSocketSeats();
    for (let count = 0; count < webSocketsMax; count++) {
      expect(seats.refuse(`192.0.2.${count}`)).toBeUndefined();
      sit(seats, `192.0.2.${count}`);
    }
    expect(seats.refuse("198.51.100.1")?.status).toBe(503);
  });

  test("are not taken by a session that is refused", () => {
    const seats = new WebSocketSeats();
    for (let count = 0; count < webSocketsPerAddressMax; count++) sit(seats, "192.0.2.1", () => undefined);
    expect(seats.refuse("192.0.2.1")).toBeUndefined();
  });
});
