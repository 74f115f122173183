// How often may be asked: up to each limit and one past it, by a clock that the tests set.

import { describe, expect, test } from "bun:test";

import { HTTP_LIMITS } from "./limits.ts";
import { RequestRates } from "./request-rates.ts";
import { startStandIn, withToken } from "./stand-in.ts";
import { TestAccess } from "./test-access.ts";

const { requestsBurst, requestsEveryMs, wrongTokensBurst, wrongTokensEveryMs, refusedWindowMs } = HTTP_LIMITS;
const wrong = { Authorization: "Bearer wrong" };

describe("requests of one address", () => {
  test("are so many at once and not one more, and those of another as many", () => {
    const { clock } = new TestAccess();
    const rates = new RequestRates(clock);
    for (let count = 0; count < requestsBurst; count++) expect(rates.mayAsk("192.0.2.1")).toBe(true);
    expect(rates.mayAsk("192.0.2.1")).toBe(false);
    expect(rates.mayAsk("192.0.2.2")).toBe(true);
    clock.pass(requestsEveryMs);
    expect(rates.mayAsk("192.0.2.1")).toBe(true);
    expect(rates.mayAsk("192.0.2.1")).toBe(false);
  });

  test("beyond are 429 and say when to come back, whoever asks; one of them is in the audit", async () => {
    await using gateway = startStandIn();
    const ask = () => gateway.send("HEAD", "/health");
    for (let count = 0; count < requestsBurst; count += 100) await Promise.all(Array.from({ length: 100 }, ask));
    const refused = await gateway.get("/health", withToken);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ code: "too_many_requests" });
    expect((await gateway.get("/health")).status).toBe(429);
    expect(gateway.access.entries.map(({ status, path }) => [status, path])).toEqual([[429, "/health"]]);
    gateway.access.clock.pass(refusedWindowMs);
    expect((await gateway.get("/health")).status).toBe(200);
  });
});

describe("wrong tokens of one address", () => {
  test("are so many at once; then no token is tried, a right one neither, until some time has passed", async () => {
    await using gateway = startStandIn();
    for (let count = 0; count < wrongTokensBurst; count++) {
      expect((await gateway.send("DELETE", "/sessions/17", wrong)).status).toBe(401);
    }
    const refused = await gateway.send("DELETE", "/sessions/17", withToken);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe(String(wrongTokensEveryMs / 1_000));
    expect(gateway.asked).toEqual([]);
    for (const headers of [{}, wrong, withToken]) expect((await gateway.get("/health", headers)).status).toBe(200);
    gateway.access.clock.pass(wrongTokensEveryMs);
    expect((await gateway.send("DELETE", "/sessions/17", withToken)).status).toBe(204);
  });

  test("count in sign-ins, too, and right ones do not count", async () => {
    await using gateway = startStandIn();
    const signIn = (token: string) =>
      gateway.send("POST", "/access/sign-in", { "Content-Type": "application/json" }, JSON.stringify({ token }));
    for (let count = 0; count < 2 * wrongTokensBurst; count++) {
      expect((await gateway.send("DELETE", "/sessions/17", withToken)).status).toBe(204);
    }
    for (let count = 0; count < wrongTokensBurst; count++) expect((await signIn("wrong")).status).toBe(401);
    expect((await signIn("wrong")).status).toBe(429);
  });
});

describe("what is written into the audit of refusals", () => {
  test("is so much at once, of all addresses, then one in a while", () => {
    const { clock } = new TestAccess();
    const rates = new RequestRates(clock);
    const written = Array.from({ length: 200 }, (_, index) => rates.isToBeWritten(401, `192.0.2.${index}`));
    expect(written.filter(Boolean)).toHaveLength(HTTP_LIMITS.refusalsBurst);
    clock.pass(HTTP_LIMITS.refusalsEveryMs);
    expect([401, 403].map((status) => rates.isToBeWritten(status, "192.0.2.1"))).toEqual([true, false]);
  });

  test("of an address that asks too often is one in a window", () => {
    const { clock } = new TestAccess();
    const rates = new RequestRates(clock);
    expect([1, 2, 3].map(() => rates.isToBeWritten(429, "192.0.2.1"))).toEqual([true, false, false]);
    clock.pass(refusedWindowMs);
    expect(rates.isToBeWritten(429, "192.0.2.1")).toBe(true);
  });
});
