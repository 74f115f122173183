// Calls to real actors over real HTTP: crashes, circles, deadlines, and a node that cannot take them.

import { describe, expect, test } from "bun:test";

import { withToken } from "./stand-in.ts";
import { Counter, Odd, startActors } from "./test-actors.ts";

describe("what goes wrong", () => {
  test("a crash is 500 and says nothing of what is inside; the change is gone and the actor goes on", async () => {
    await using node = startActors();
    await node.call("counter/a/add", { amount: 2 });
    const response = await node.call("counter/a/crash");
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain("secret");
    expect(text).not.toContain(".ts");
    expect(JSON.parse(text)).toMatchObject({ code: "actor.crashed", stood: "running", title: "The actor crashed" });
    expect(node.stepped.crashes).toEqual(["counter/a.crash: the secret is 42"]);
    expect(node.faults).toEqual([]);
    expect(await (await node.call("counter/a/value")).json()).toBe(2);
  });

  test("an actor that asks in a circle is 508 with the way round it", async () => {
    await using node = startActors();
    const response = await node.call("loop/a/ask", "b");
    expect(response.status).toBe(508);
    const detail: unknown = expect.stringContaining("loop/a.ask → loop/b.ask → loop/a.ask");
    expect(await response.json()).toMatchObject({ code: "actor.cycle", detail });
  });

  test.each(["date", "text"])(
    "an answer that cannot be passed on is 500, and the actor goes on: %s",
    async (method) => {
      await using node = startActors();
      const response = await node.call(`odd/a/${method}`);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ code: "actor.bad_reply", stood: "running" });
      expect(await (await node.call("odd/a/name")).json()).toBe("a");
    },
  );

  test("a body nested tens of thousands deep harms nobody", async () => {
    await using node = startActors();
    const body = "[".repeat(30_000) + "]".repeat(30_000);
    const headers = { ...withToken, "Content-Type": "application/json" };
    const response = await node.serve(node.send("POST", "/actors/odd/a/tree", headers, body));
    expect(await response.json()).toMatchObject({ code: "actor.bad_reply" });
    expect(await (await node.call("odd/a/tree", [[1]])).json()).toEqual([[1]]);
  });

  test("an answer that does not come in time is 504 and says where the message stood", async () => {
    await using node = startActors();
    const answer = node.send("POST", "/actors/counter/a/wait?timeout_ms=50", withToken);
    const advanced = (async () => {
      while (node.stepped.resident(Counter).length === 0) await node.stepped.clock.settle();
      await node.stepped.advance(60);
    })();
    const response = await node.serve(answer);
    await advanced;
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
  });

  test("a client that goes away gives its call up, and the handler hears of it", async () => {
    await using node = startActors();
    const leaving = new AbortController();
    const url = `${node.url}/actors/odd/a/patience`;
    const call = fetch(url, { method: "POST", headers: withToken, signal: leaving.signal }).catch(() => "left");
    const turns = async () => (await node.view.inspect("odd", "a"))?.recent.length ?? 0;
    while (node.stepped.resident(Odd).length === 0) await node.stepped.clock.settle();
    leaving.abort();
    expect(await node.serve(call)).toBe("left");
    while ((await turns()) === 0) await node.stepped.clock.settle();
    expect(await turns()).toBe(1);
  });

  test("a mailbox that is full is 429 and says when to come back", async () => {
    await using node = startActors();
    const counter = node.stepped.system.ref(Counter, "a");
    const waits = counter.wait(undefined, { timeoutMs: 10 }).catch(() => "given up");
    await node.stepped.runAll();
    for (const _ of [1, 2]) expect(counter.tell.clear()).toEqual({ accepted: true });
    const response = await node.call("counter/a/add", { amount: 1 });
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await response.json()).toMatchObject({ code: "actor.mailbox_full", stood: "queued" });
    await node.stepped.advance(20);
    expect(await waits).toBe("given up");
  });

  test("a node that is ending is 503", async () => {
    await using node = startActors();
    void node.stepped.system.drain();
    const response = await node.call("counter/a/value");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ code: "system.draining", stood: "queued" });
  });
});
