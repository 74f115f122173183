// What holds for every answer, and how the gateway starts and stops.

import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { startGateway } from "./gateway.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { createStandInParts, startStandIn, withToken } from "./stand-in.ts";

describe("every answer", () => {
  test.each(["/health", "/docs", "/docs/assets/docs.js", "/nowhere", "/actors?limit=0"])(
    "%s says how it may be used",
    async (path) => {
      await using gateway = startStandIn();
      const { headers } = await gateway.get(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toStartWith("default-src 'self'; script-src 'self';");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    },
  );

  test("an unknown address is 404 as a problem", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/nowhere");
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "urn:correio:problem:not_found",
      title: "There is nothing at this address",
      status: 404,
      detail: 'Cannot find "/nowhere"',
      code: "not_found",
    });
  });

  test("a method the address does not take is 405 with those it takes", async () => {
    await using gateway = startStandIn();
    const posted = await gateway.send("POST", "/health", withToken);
    expect(posted.status).toBe(405);
    expect(posted.headers.get("allow")).toBe("GET, HEAD");
    const got = await gateway.get("/dead-letters/7/replay", withToken);
    expect(got.status).toBe(405);
    expect(got.headers.get("allow")).toBe("POST");
  });

  test("HEAD has the headers of GET and no body", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("HEAD", "/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toBe("");
    expect((await gateway.send("HEAD", "/nowhere")).status).toBe(404);
  });
});

describe("the gateway's life", () => {
  test("a call ends before its connection counts as idle", () => {
    expect(HTTP_LIMITS.callTimeoutMsMax).toBeLessThan(HTTP_LIMITS.requestIdleSecondsMax * 1_000);
    expect(limits.askTimeoutMs).toBeLessThanOrEqual(HTTP_LIMITS.callTimeoutMsMax);
  });

  test("port 0 takes a free port and tells which", async () => {
    await using gateway = startStandIn();
    expect(gateway.port).toBeGreaterThan(0);
  });

  test("a port in use is an error that names address and setting", async () => {
    await using first = startStandIn();
    expect(() => startOn(first.port)).toThrow(
      `Cannot start the gateway on 127.0.0.1:${first.port}: the port is in use (CORREIO_HTTP_PORT sets the port)`,
    );
  });

  test("after stop the port is free again, and stopping twice is harmless", async () => {
    const first = startOn(0);
    await first.stop();
    await first.stop();
    const second = startOn(first.port);
    expect(second.port).toBe(first.port);
    await second.stop();
  });

  test("stop waits for a request in progress", async () => {
    const asked = Promise.withResolvers<void>();
    const metrics = Promise.withResolvers<string>();
    const gateway = startOn(0, () => {
      asked.resolve();
      return metrics.promise;
    });
    const answer = fetch(`http://127.0.0.1:${gateway.port}/metrics`);
    await asked.promise;
    const stopped = gateway.stop();
    metrics.resolve("late 1\n");
    expect(await (await answer).text()).toBe("late 1\n");
    await stopped;
  });

  test("a request that never ends does not hold stop up for good", async () => {
    const asked = Promise.withResolvers<void>();
    const gateway = startOn(0, () => {
      asked.resolve();
      return new Promise(() => undefined);
    });
    const outcome = fetch(`http://127.0.0.1:${gateway.port}/metrics`).then(
      () => "answered",
      () => "closed",
    );
    await asked.promise;
    await gateway.stop();
    expect(await outcome).toBe("closed");
  });
});

function startOn(port: number, metrics = (): Promise<string> => Promise.resolve("")) {
  const parts = createStandInParts([]);
  return startGateway({
    host: "127.0.0.1",
    port,
    adminToken: "token",
    ...parts,
    view: { ...parts.view, metrics },
  });
}
