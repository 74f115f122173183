// Idempotency-Key over real HTTP, where the gateway keeps the answer: once, the same again, and no more than it may.

import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { Repeats } from "./repeats.ts";
import { startStandIn, withToken } from "./stand-in.ts";
import { TestAccess } from "./test-access.ts";

const REPLAY = "/dead-letters/7/replay";
const CLOCK = "/servers/alfa/clock";
const json = { ...withToken, "Content-Type": "application/json" };
const named = (name: string, headers: Record<string, string> = withToken) => ({ ...headers, "Idempotency-Key": name });

describe("a POST under an Idempotency-Key", () => {
  test("acts once: a repeat gets the first answer, says so, and is no second act in the audit", async () => {
    await using gateway = startStandIn();
    const first = await gateway.send("POST", CLOCK, named("a", json), '{"differenceMs":250}');
    const again = await gateway.send("POST", CLOCK, named("a", json), '{"differenceMs":250}');
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(await again.text()).toBe(await first.text());
    expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
    expect([first, again].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(first.headers.get("x-request-id")).not.toBe(again.headers.get("x-request-id"));
    expect(gateway.asked).toHaveLength(1);
    expect(gateway.access.entries).toHaveLength(1);
  });

  test("acts again under another, at another address, and for another who asks", async () => {
    await using gateway = startStandIn();
    const made = await gateway.send("POST", "/access/tokens", json, '{"name":"x","role":"operator"}');
    const { secret } = (await made.json()) as { readonly secret: string };
    const other = { Authorization: `Bearer ${secret}` };
    await gateway.send("POST", REPLAY, named("a"));
    await gateway.send("POST", REPLAY, named("b"));
    await gateway.send("POST", "/dead-letters/8/replay", named("a"));
    await gateway.send("POST", REPLAY, named("a", other));
    expect(gateway.asked).toHaveLength(4);
  });

  test("does not act again where this machine is called by another of its names", async () => {
    await using gateway = startStandIn();
    await gateway.send("POST", REPLAY, named("a"));
    const again = await gateway.send("POST", REPLAY, named("a", { ...withToken, Host: "localhost" }));
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(gateway.asked).toHaveLength(1);
  });

  test("with another body is 422, and while the first goes on 409", async () => {
    const asked = Promise.withResolvers<void>();
    const replayed = Promise.withResolvers<boolean>();
    await using gateway = startStandIn({
      replay() {
        asked.resolve();
        return replayed.promise;
      },
    });
    const first = gateway.send("POST", REPLAY, named("a"));
    await asked.promise;
    const running = await gateway.send("POST", REPLAY, named("a"));
    expect(running.status).toBe(409);
    expect(await running.json()).toMatchObject({ code: "repeat_running" });
    const differs = await gateway.send("POST", REPLAY, named("a", json), "{}");
    expect(differs.status).toBe(422);
    expect(await differs.json()).toMatchObject({ code: "repeat_differs" });
    replayed.resolve(true);
    expect((await first).status).toBe(202);
    expect((await gateway.send("POST", REPLAY, named("a"))).headers.get("idempotency-replayed")).toBe("true");
  });

  test("acts again after 10 minutes, and when the first time failed by a fault of the server", async () => {
    const outcomes = [() => Promise.reject(new Error("out of ink")), async () => true, async () => false];
    let count = 0;
    await using gateway = startStandIn({ replay: () => (outcomes[count++] ?? (async () => true))() });
    const statuses: number[] = [];
    const send = async () => statuses.push((await gateway.send("POST", REPLAY, named("a"))).status);
    await send();
    await send();
    gateway.access.clock.pass(HTTP_LIMITS.repeatMsMax - 1);
    await send();
    gateway.access.clock.pass(1);
    await send();
    await send();
    expect(statuses).toEqual([500, 202, 202, 404, 404]);
    expect(count).toBe(3);
  });

  test("has a name of 1 to so many characters", async () => {
    await using gateway = startStandIn();
    const { nameLengthMax } = limits;
    expect((await gateway.send("POST", REPLAY, named("x".repeat(nameLengthMax)))).status).toBe(202);
    expect((await gateway.send("POST", REPLAY, named("x".repeat(nameLengthMax + 1)))).status).toBe(422);
    expect((await gateway.send("POST", REPLAY, named(""))).status).toBe(422);
  });

  test("is refused where the answer holds a secret", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("POST", "/access/tokens", named("a", json), '{"name":"x","role":"viewer"}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "no_repeat" });
    const tokens = await (await gateway.get("/access/tokens", withToken)).json();
    expect(tokens).toEqual({ items: [] });
  });

  test("to a method of an actor is the actor's to keep", async () => {
    await using gateway = startStandIn();
    for (const _ of [1, 2]) {
      await gateway.send("POST", "/actors/counter/a/add", named("a", json), '{"amount":1}');
    }
    expect(gateway.asked).toHaveLength(2);
    expect(gateway.asked[0]).toMatchObject(["call", "counter", "a", "add", { once: "a" }]);
  });
});

function request(name: string): Request {
  return new Request("http://localhost/x", { method: "POST", headers: { "Idempotency-Key": name } });
}

describe("answers that are kept", () => {
  const nothing = new Uint8Array();

  test("are so many, and the oldest go", async () => {
    const repeats = new Repeats(new TestAccess().clock);
    const answer = (name: string) => repeats.answer(request(name), "", nothing, async () => new Response("first"));
    for (let count = 0; count <= HTTP_LIMITS.repeatsMax; count++) await answer(String(count));
    expect(repeats.count).toBe(HTTP_LIMITS.repeatsMax);
    expect((await answer("1")).headers.get("idempotency-replayed")).toBe("true");
    expect((await answer("0")).headers.get("idempotency-replayed")).toBeNull();
  });

  test("have so many bytes together, and each so many at most", async () => {
    const repeats = new Repeats(new TestAccess().clock);
    const { repeatBytesMax, repeatsBytesMax } = HTTP_LIMITS;
    const answer = (name: string, bytes: number) =>
      repeats.answer(request(name), "", nothing, async () => new Response(new Uint8Array(bytes)));
    await answer("large", repeatBytesMax + 1);
    expect(repeats.count).toBe(0);
    const most = repeatsBytesMax / repeatBytesMax;
    for (let count = 0; count <= most; count++) await answer(String(count), repeatBytesMax);
    expect(repeats.count).toBe(most);
  });
});
