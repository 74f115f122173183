// Calls to real actors over real HTTP: what they answer, what they refuse, and what can go wrong between.

import { describe, expect, test } from "bun:test";

import { actor, t } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { startGatewayTo, withToken } from "./stand-in.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true, mailbox: { capacity: 2 } })
  .on("add", { in: t.Object({ amount: t.Integer() }), out: t.Integer() }, (counter, { amount }) => {
    if (amount === 0) throw counter.refuse("counter.nothing_to_add", "Nothing to add");
    counter.state.count += amount;
    return counter.state.count;
  })
  .on("clear", {}, (counter) => void (counter.state.count = 0))
  .on("crash", {}, (counter) => {
    counter.state.count = -1;
    throw new Error("the secret is 42");
  })
  .on("wait", {}, (counter) => counter.sleep(1_000))
  .read("value", { out: t.Integer() }, (counter) => counter.state.count);

const Odd = actor("odd", { state: () => ({ turns: 0 }) })
  .on("date", { out: t.Any() }, () => new Date(0))
  .on("text", { out: t.Integer() }, () => "no number" as unknown as number)
  .on("nothing", { out: t.Any() }, () => undefined)
  .on("patience", {}, ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())))
  .on("tree", { in: t.Any(), out: t.Any() }, (_, input: unknown) => input)
  .read("name", { out: t.String() }, (odd) => odd.key);

const Loop = actor("loop", { state: () => ({}) }).on("ask", { in: t.String() }, async (loop, next): Promise<void> => {
  const other = loop.ref(Loop as never, next) as unknown as { ask(next: string): Promise<void> };
  await other.ask(loop.key);
});

function startNode() {
  const node = createSteppedNode([Counter, Odd, Loop]);
  const gateway = startGatewayTo(node.view);
  return {
    ...node,
    ...gateway,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    /** With the token; an input is sent as JSON. */
    call: (path: string, input?: unknown, headers: Record<string, string> = {}) => {
      const body = input === undefined ? undefined : JSON.stringify(input);
      const json = body === undefined ? {} : { "Content-Type": "application/json" };
      return node.serve(gateway.send("POST", `/actors/${path}`, { ...withToken, ...json, ...headers }, body));
    },
  };
}

describe("a call", () => {
  test("answers with the value, and what it changed is there for the next", async () => {
    await using node = startNode();
    const first = await node.call("counter/a/add", { amount: 2 });
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toBe("application/json");
    expect(await first.json()).toBe(2);
    expect(await (await node.call("counter/a/add", { amount: 3 })).json()).toBe(5);
    expect(await (await node.call("counter/b/value")).json()).toBe(0);
  });

  test("of a method without an answer is 204, and so is one that answers nothing", async () => {
    await using node = startNode();
    for (const path of ["counter/a/clear", "odd/a/nothing"]) {
      const response = await node.call(path);
      expect(response.status).toBe(204);
      expect(await response.text()).toBe("");
    }
  });

  test("that only looks needs no token, and one that changes does", async () => {
    await using node = startNode();
    const look = await node.serve(node.send("POST", "/actors/counter/a/value"));
    expect(await look.json()).toBe(0);
    for (const method of ["add", "clear", "_stop", "value/", "%76alue", "valuex"]) {
      expect((await node.serve(node.send("POST", `/actors/counter/a/${method}`))).status, method).toBe(401);
    }
    expect((await node.serve(node.send("PUT", "/actors/counter/a/value"))).status).toBe(401);
  });

  test("that only looks needs the token when a page of another site makes it", async () => {
    await using node = startNode();
    const look = (origin: string): Promise<Response> =>
      node.serve(node.send("POST", "/actors/counter/a/value", { Origin: origin }));
    expect((await look(node.url)).status).toBe(200);
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
      expect((await look(origin)).status, origin).toBe(401);
    }
  });

  test("under the same Idempotency-Key runs once, and a repeat gets the first answer", async () => {
    await using node = startNode();
    const once = { "Idempotency-Key": "order-17" };
    expect(await (await node.call("counter/a/add", { amount: 2 }, once)).json()).toBe(2);
    expect(await (await node.call("counter/a/add", { amount: 2 }, once)).json()).toBe(2);
    expect(await (await node.call("counter/a/add", { amount: 2 })).json()).toBe(4);
    const refused = { "Idempotency-Key": "order-18" };
    for (let time = 0; time < 2; time++) {
      expect((await node.call("counter/a/add", { amount: 0 }, refused)).status).toBe(409);
    }
  });

  test.each([
    ["odd/a/date", 400, "actor.not_durable"],
    ["counter/a/value", 422, "actor.bad_input"],
  ])("of %s cannot be kept for a repeat: %d %s", async (path, status, code) => {
    await using node = startNode();
    const response = await node.call(path, undefined, { "Idempotency-Key": "x" });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});

describe("what an actor says no to", () => {
  test("is a conflict in the actor's own code", async () => {
    await using node = startNode();
    const response = await node.call("counter/a/add", { amount: 0 });
    expect(response.status).toBe(409);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "urn:correio:refusal:counter.nothing_to_add",
      title: "The actor refused",
      status: 409,
      detail: "Nothing to add",
      code: "counter.nothing_to_add",
    });
  });

  test.each([
    [{ amount: "2" }, 'at "/amount"'],
    [{}, "amount"],
    [[], "Expected object"],
    [undefined, "Expected object"],
  ])("input that does not fit its schema is 422 and not run: %p", async (input, said) => {
    await using node = startNode();
    const response = await node.call("counter/a/add", input);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      type: "urn:correio:problem:actor.bad_input",
      code: "actor.bad_input",
      stood: "queued",
      detail: expect.stringContaining(said),
    });
    expect(node.stepped.resident(Counter)).toEqual([]);
  });

  test("input to a method that takes none is 422", async () => {
    await using node = startNode();
    const response = await node.call("counter/a/clear", { amount: 1 });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: "Cannot call counter/a.clear: it takes no input" });
  });

  test.each([
    ["application/x-www-form-urlencoded", '{"amount":1}', 415],
    ["text/plain", '{"amount":1}', 415],
    ["application/json", "{amount:1}", 400],
    ["application/json", '{"amount":1', 400],
    ["application/json;charset=utf-8", '{"amount":1}', 200],
    ["application/vnd.correio+json", '{"amount":1}', 200],
  ])("a body of %s, %s is %d", async (mediaType, body, status) => {
    await using node = startNode();
    const headers = { ...withToken, "Content-Type": mediaType };
    const response = await node.serve(node.send("POST", "/actors/counter/a/add", headers, body));
    expect(response.status).toBe(status);
  });

  test("a body that is no UTF-8 is 400", async () => {
    await using node = startNode();
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    const headers = { ...withToken, "Content-Type": "application/json" };
    const response = await node.serve(fetch(`${node.url}/actors/odd/a/tree`, { method: "POST", headers, body }));
    expect(response.status).toBe(400);
  });

  test.each(["0", "-1", "1.5", "soon", String(HTTP_LIMITS.callTimeoutMsMax + 1)])(
    "a timeout of %s is 422",
    async (timeoutMs) => {
      await using node = startNode();
      expect((await node.call(`counter/a/value?timeout_ms=${timeoutMs}`)).status).toBe(422);
    },
  );
});

describe("what goes wrong", () => {
  test("a crash is 500 and says nothing of what is inside; the change is gone and the actor goes on", async () => {
    await using node = startNode();
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
    await using node = startNode();
    const response = await node.call("loop/a/ask", "b");
    expect(response.status).toBe(508);
    const detail: unknown = expect.stringContaining("loop/a.ask → loop/b.ask → loop/a.ask");
    expect(await response.json()).toMatchObject({ code: "actor.cycle", detail });
  });

  test.each(["date", "text"])(
    "an answer that cannot be passed on is 500, and the actor goes on: %s",
    async (method) => {
      await using node = startNode();
      const response = await node.call(`odd/a/${method}`);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ code: "actor.bad_reply", stood: "running" });
      expect(await (await node.call("odd/a/name")).json()).toBe("a");
    },
  );

  test("an answer that does not come in time is 504 and says where the message stood", async () => {
    await using node = startNode();
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
    await using node = startNode();
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
    await using node = startNode();
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
    await using node = startNode();
    void node.stepped.system.drain();
    const response = await node.call("counter/a/value");
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ code: "system.draining", stood: "queued" });
  });
});

describe("the address of a call", () => {
  test.each(["a/b", "page/home", "çã o", "?&#%", "日本", "..a", "_stop", "💌"])(
    "the key %p is read as it was meant",
    async (key) => {
      await using node = startNode();
      const response = await node.call(`odd/${encodeURIComponent(key)}/name`);
      expect(await response.json()).toBe(key);
    },
  );

  test.each([
    ["%00", "control character"],
    ["%FF", "percent-encoded"],
    ["%ZZ", "percent-encoded"],
    ["e%CC%81", "normal form C"],
    ["", "empty"],
    ["k".repeat(513), "513 characters"],
  ])("the key %p is 400", async (key, why) => {
    await using node = startNode();
    const response = await node.call(`odd/${key}/name`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "actor.bad_key", detail: expect.stringContaining(why) });
  });

  test.each([
    ["nobody/a/value", "actor.unknown_type"],
    ["counter/a/nothing", "actor.unknown_method"],
    ["counter/a/Value", "actor.unknown_method"],
  ])("%s is 404", async (path, code) => {
    await using node = startNode();
    const response = await node.call(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: `urn:correio:problem:${code}`, code });
  });

  test("takes POST alone", async () => {
    await using node = startNode();
    const response = await node.get("/actors/counter/a/value");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});
