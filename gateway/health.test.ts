// GET /health, /ready and /metrics over real HTTP.

import { describe, expect, test } from "bun:test";

import { Value } from "@sinclair/typebox/value";

import type { Readiness } from "#runtime/observe/view.ts";

import { healthSchema, readinessSchema } from "./health.ts";
import { startStandIn } from "./stand-in.ts";

describe("GET /health", () => {
  test("is 200 and says which server and version it is, also when the node is not ready", async () => {
    await using gateway = startStandIn({ readiness: () => ({ ready: false, why: "draining" }) });
    const response = await gateway.get("/health");
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    expect(Value.Check(healthSchema, body)).toBe(true);
    expect(body).toMatchObject({ status: "ok", serverId: "node-1", version: "0.1.0", uptimeMs: 12.5 });
  });
});

describe("GET /ready", () => {
  test("is 200 while the node takes traffic", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/ready");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ready: true });
  });

  test("is 503 with the reason while it does not", async () => {
    await using gateway = startStandIn({ readiness: () => ({ ready: false, why: "draining" }) });
    const response = await gateway.get("/ready");
    expect(response.status).toBe(503);
    const body: unknown = await response.json();
    expect(Value.Check(readinessSchema, body)).toBe(true);
    expect(body).toEqual({ ready: false, why: "draining" });
  });

  test("is 503 with the store's code and its file while the store fails", async () => {
    const problem = 'Cannot commit to "/data/correio.db": it is damaged';
    await using gateway = startStandIn({ readiness: () => ({ ready: false, why: "store.corrupt", problem }) });
    const response = await gateway.get("/ready");
    expect(response.status).toBe(503);
    const body: unknown = await response.json();
    expect(Value.Check(readinessSchema, body)).toBe(true);
    expect(body).toEqual({ ready: false, why: "store.corrupt", problem });
  });

  test("follows the node from one request to the next", async () => {
    const answers: Readiness[] = [{ ready: true }, { ready: false, why: "draining" }];
    await using gateway = startStandIn({ readiness: () => answers.shift() ?? { ready: true } });
    expect((await gateway.get("/ready")).status).toBe(200);
    expect((await gateway.get("/ready")).status).toBe(503);
  });
});

describe("GET /metrics", () => {
  test("hands out the view's text as the Prometheus exposition format", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/metrics");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toBe("# TYPE correio_connections gauge\ncorreio_connections 1\n");
  });

  test("a view that fails gives 500 without its message or stack, and the fault is reported", async () => {
    const fault = new Error("the secret is 42");
    await using gateway = startStandIn({ metrics: () => Promise.reject(fault) });
    const response = await gateway.get("/metrics");
    expect(response.status).toBe(500);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const text = await response.text();
    expect(text).not.toContain("secret");
    expect(text).not.toContain(".ts");
    expect(JSON.parse(text)).toMatchObject({ type: "urn:correio:problem:internal", status: 500 });
    expect(gateway.faults).toEqual([fault]);
  });
});
