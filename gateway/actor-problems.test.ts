// The table of codes: every one has its status, and what is inside stays inside.

import { describe, expect, test } from "bun:test";

import { Refusal, RuntimeError } from "#runtime/mod.ts";

import { ACTOR_PROBLEMS, actorProblem, type RuntimeErrorCode } from "./actor-problems.ts";

/** The compiler holds that the table has every code: here is what that means for whoever calls. */
const CODES = Object.keys(ACTOR_PROBLEMS) as RuntimeErrorCode[];

async function bodyOf(error: RuntimeError | Refusal, faults: unknown[] = []): Promise<Record<string, unknown>> {
  return (await actorProblem(error, (fault) => void faults.push(fault)).json()) as Record<string, unknown>;
}

describe("the problem of a runtime error", () => {
  test.each(CODES)("%s has a status of failure, a title, and its code in its name", async (code) => {
    const response = actorProblem(new RuntimeError(code, "What happened"), () => undefined);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(600);
    const { type, title, status } = (await response.json()) as Record<string, unknown>;
    expect(type).toBe(`urn:correio:problem:${code}`);
    expect(title).toBeTruthy();
    expect(status).toBe(response.status);
  });

  test("a title belongs to one code", () => {
    const titles = Object.values(ACTOR_PROBLEMS).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test.each(CODES.filter((code) => ACTOR_PROBLEMS[code].status === 429))("%s says when to come back", (code) => {
    const response = actorProblem(new RuntimeError(code, "Full"), () => undefined);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("carries where the message stood, where that is known", async () => {
    expect(await bodyOf(new RuntimeError("actor.deadline_passed", "Late", { stood: "running" }))).toEqual({
      type: "urn:correio:problem:actor.deadline_passed",
      title: "The answer did not come in time",
      status: 504,
      detail: "Late",
      code: "actor.deadline_passed",
      stood: "running",
    });
    expect(await bodyOf(new RuntimeError("actor.deadline_passed", "Late"))).not.toHaveProperty("stood");
  });

  test("a failure of the store is reported and not told, for its message names files", async () => {
    const faults: unknown[] = [];
    const error = new RuntimeError("store.corrupt", "Cannot read /var/lib/correio/actors.db");
    const body = await bodyOf(error, faults);
    expect(body).toMatchObject({ status: 503, detail: "Cannot answer: the cause is in the server's log" });
    expect(faults).toEqual([error]);
  });

  test("a crash is not told and not reported again", async () => {
    const faults: unknown[] = [];
    const cause = new Error("the secret is 42");
    const body = await bodyOf(new RuntimeError("actor.crashed", `Crashed: ${cause.message}`, { cause }), faults);
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(faults).toEqual([]);
  });

  test("a crash of asking in a circle is that circle, through however many actors it came", async () => {
    const cycle = new RuntimeError("actor.cycle", "Cannot ask: a → b → a");
    const inner = new RuntimeError("actor.crashed", "Crashed in b", { cause: cycle });
    const outer = new RuntimeError("actor.crashed", "Crashed in a", { cause: inner });
    expect(await bodyOf(outer)).toMatchObject({ status: 508, code: "actor.cycle", detail: "Cannot ask: a → b → a" });
  });

  test("a crash of anything else stays a crash, also where its cause is its own", async () => {
    const full = new RuntimeError("actor.mailbox_full", "Full");
    expect(await bodyOf(new RuntimeError("actor.crashed", "Crashed", { cause: full }))).toMatchObject({ status: 500 });
    const circular = new RuntimeError("actor.crashed", "Crashed");
    circular.cause = circular;
    expect(await bodyOf(circular)).toMatchObject({ status: 500, code: "actor.crashed" });
  });
});

describe("the problem of a refusal", () => {
  test.each([
    ["counter.nothing_to_add", "urn:correio:refusal:counter.nothing_to_add"],
    ["actor.stopped", "urn:correio:refusal:actor.stopped"],
    ["não pode/já", "urn:correio:refusal:n%C3%A3o%20pode%2Fj%C3%A1"],
    ["half \ud800", "urn:correio:refusal:half%20%EF%BF%BD"],
  ])("%p keeps the actor's code, and is no runtime error of the same name", async (code, type) => {
    const response = actorProblem(new Refusal(code, "No"), () => undefined);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ type, title: "The actor refused", status: 409, detail: "No" });
  });
});
