// Calls to real actors over real HTTP: what they answer and what they refuse.

import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { withToken } from "./stand-in.ts";
import { Counter, startActors } from "./test-actors.ts";

describe("a call", () => {
  test("answers with the value, and what it changed is there for the next", async () => {
    await using node = startActors();
    const first = await node.call("counter/a/add", { amount: 2 });
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toBe("application/json");
    expect(await first.json()).toBe(2);
    expect(await (await node.call("counter/a/add", { amount: 3 })).json()).toBe(5);
    expect(await (await node.call("counter/b/value")).json()).toBe(0);
  });

  test("of a method without an answer is 204, and so is one that answers nothing", async () => {
    await using node = startActors();
    for (const path of ["counter/a/clear", "odd/a/nothing"]) {
      const response = await node.call(path);
      expect(response.status).toBe(204);
      expect(await response.text()).toBe("");
    }
  });

  test("that only looks needs no token, and one that changes does", async () => {
    await using node = startActors();
    const look = await node.serve(node.send("POST", "/actors/counter/a/value"));
    expect(await look.json()).toBe(0);
    for (const method of ["add", "clear", "_stop", "value/", "%76alue", "valuex"]) {
      expect((await node.serve(node.send("POST", `/actors/counter/a/${method}`))).status, method).toBe(401);
    }
    expect((await node.serve(node.send("PUT", "/actors/counter/a/value"))).status).toBe(401);
  });

  test("that only looks needs the token when a page of another site makes it", async () => {
    await using node = startActors();
    const look = (origin: string): Promise<Response> =>
      node.serve(node.send("POST", "/actors/counter/a/value", { Origin: origin }));
    expect((await look(node.url)).status).toBe(200);
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
      expect((await look(origin)).status, origin).toBe(401);
    }
  });

  test("under the same Idempotency-Key runs once, and a repeat gets the first answer", async () => {
    await using node = startActors();
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
    await using node = startActors();
    const response = await node.call(path, undefined, { "Idempotency-Key": "x" });
    expect(response.status).toBe(status);
    const detail: unknown = expect.stringContaining('with the header "Idempotency-Key"');
    expect(await response.json()).toMatchObject({ code, stood: "queued", detail });
  });

  test.each(["", "x".repeat(limits.nameLengthMax + 1)])(
    "under an Idempotency-Key that is none is 422, and the header is named",
    async (name) => {
      await using node = startActors();
      const response = await node.call("counter/a/add", { amount: 2 }, { "Idempotency-Key": name });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({
        code: "actor.bad_input",
        detail: 'Cannot call counter.add with the header "Idempotency-Key": the header has 1 to 256 characters',
      });
      expect(node.stepped.resident(Counter)).toEqual([]);
    },
  );

  test("under an Idempotency-Key of the longest allowed length is run", async () => {
    await using node = startActors();
    const name = "x".repeat(limits.nameLengthMax);
    expect((await node.call("counter/a/add", { amount: 2 }, { "Idempotency-Key": name })).status).toBe(200);
  });
});

describe("what an actor says no to", () => {
  test("is a conflict in the actor's own code", async () => {
    await using node = startActors();
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
    await using node = startActors();
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
    await using node = startActors();
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
    await using node = startActors();
    const headers = { ...withToken, "Content-Type": mediaType };
    const response = await node.serve(node.send("POST", "/actors/counter/a/add", headers, body));
    expect(response.status).toBe(status);
  });

  test("a body that is no UTF-8 is 400", async () => {
    await using node = startActors();
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    const headers = { ...withToken, "Content-Type": "application/json" };
    const response = await node.serve(fetch(`${node.url}/actors/odd/a/tree`, { method: "POST", headers, body }));
    expect(response.status).toBe(400);
  });

  test.each(["0", "-1", "1.5", "soon", String(HTTP_LIMITS.callTimeoutMsMax + 1)])(
    "a timeout of %s is 422",
    async (timeoutMs) => {
      await using node = startActors();
      expect((await node.call(`counter/a/value?timeout_ms=${timeoutMs}`)).status).toBe(422);
    },
  );
});

describe("the address of a call", () => {
  test.each(["a/b", "page/home", "çã o", "?&#%", "日本", "..a", "_stop", "💌"])(
    "the key %p is read as it was meant",
    async (key) => {
      await using node = startActors();
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
    await using node = startActors();
    const response = await node.call(`odd/${key}/name`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "actor.bad_key", detail: expect.stringContaining(why) });
  });

  test.each([
    ["nobody/a/value", "actor.unknown_type", "this node hosts counter, odd, loop"],
    ["counter/a/nothing", "actor.unknown_method", '"counter" has add, clear, crash, wait, value'],
    ["counter/a/Value", "actor.unknown_method", '"counter" has add, clear, crash, wait, value'],
  ])("%s is 404, and says what there is", async (path, code, there) => {
    await using node = startActors();
    const response = await node.call(path);
    expect(response.status).toBe(404);
    const detail: unknown = expect.stringContaining(there);
    expect(await response.json()).toMatchObject({ type: `urn:correio:problem:${code}`, code, detail });
  });

  test("takes POST alone", async () => {
    await using node = startActors();
    const response = await node.get("/actors/counter/a/value");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });
});
