// Who may manage a node: tokens and sign-ins of an actor that sleeps, wakes and is killed.

import { describe, expect, test } from "bun:test";

import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { Access, ACCESS_KEY } from "./access.ts";
import { ACCESS_BOUNDS } from "./records.ts";

const HOUR_MS = 3_600_000;
/** As digests look: 43 characters. */
const digest = (name: string) => name.padEnd(43, "_");

function started() {
  const { stepped, view, serve } = createSteppedNode([Access]);
  const access = stepped.ref(Access, ACCESS_KEY);
  const answer = async <Value>(asked: Promise<Value>): Promise<Value> => {
    const outcome = await stepped.outcome(asked);
    if (outcome.kind === "answered") return outcome.value as Value;
    throw new Error(`No answer: ${JSON.stringify(outcome)}`);
  };
  const make = (name: string, expiresInHours?: number) =>
    access.create({
      id: `id-${name}`,
      digest: digest(name),
      name,
      role: "operator",
      createdBy: "admin",
      ...(expiresInHours === undefined ? {} : { expiresInHours }),
    });
  const state = async () => (await serve(view.inspect("access", ACCESS_KEY)))?.state;
  return { stepped, access, answer, make, state };
}

describe("a token", () => {
  test("is known by its digest until it is revoked, and the sign-ins of it with it", async () => {
    const { access, answer, make } = started();
    const token = await answer(make("ana"));
    expect(token).toMatchObject({ id: "id-ana", name: "ana", role: "operator", createdBy: "admin" });
    expect(token).not.toHaveProperty("digest");
    expect(await answer(access.holder({ digest: digest("ana") }))).toEqual({ token });
    const signIn = { digest: digest("cookie"), token: digest("ana"), ofSettings: false };
    expect(await answer(access.signIn(signIn))).toBe(true);
    expect(await answer(access.signedIn({ digest: digest("cookie") }))).toEqual({ by: digest("ana"), token });
    expect(await answer(access.revoke({ id: "id-ana" }))).toBe(true);
    expect(await answer(access.revoke({ id: "id-ana" }))).toBe(false);
    expect(await answer(access.holder({ digest: digest("ana") }))).toEqual({});
    expect(await answer(access.signedIn({ digest: digest("cookie") }))).toEqual({});
    expect(await answer(access.signIn(signIn))).toBe(false);
  });

  test("that ends is gone at that time, and nothing is kept of it", async () => {
    const { stepped, access, answer, make, state } = started();
    await answer(make("ana", 1));
    await answer(access.signIn({ digest: digest("cookie"), token: digest("ana"), ofSettings: false }));
    await stepped.advance(HOUR_MS - 1_000);
    expect(await answer(access.list())).toHaveLength(1);
    await stepped.advance(1_000);
    expect(await answer(access.list())).toEqual([]);
    expect(await answer(access.signedIn({ digest: digest("cookie") }))).toEqual({});
    expect(await state()).toEqual({ tokens: {}, signIns: {} });
  });

  test("has a name of its own, which is none of the gateway's", async () => {
    const { stepped, answer, make } = started();
    await answer(make("ana"));
    for (const name of ["ana", "Ana", "admin", "Admin", "anonymous"]) {
      expect(await stepped.outcome(make(name))).toMatchObject({ code: "access.name_taken" });
    }
  });

  test("is one of so many", async () => {
    const { stepped, answer, make } = started();
    for (let count = 0; count < ACCESS_BOUNDS.tokensMax; count++) await answer(make(`t${count}`));
    expect(await stepped.outcome(make("more"))).toMatchObject({ code: "access.too_many_tokens" });
  });
});

describe("a sign-in", () => {
  test("with the settings' token is known without a record of that, for 12 h, and swept then", async () => {
    const { stepped, access, answer, state } = started();
    await answer(access.signIn({ digest: digest("cookie"), token: digest("settings"), ofSettings: true }));
    await stepped.advance(ACCESS_BOUNDS.signInMs - 1_000);
    expect(await answer(access.signedIn({ digest: digest("cookie") }))).toEqual({ by: digest("settings") });
    await stepped.advance(1_000);
    expect(await answer(access.signedIn({ digest: digest("cookie") }))).toEqual({});
    expect(await state()).toEqual({ tokens: {}, signIns: {} });
  });

  test("is one of so many of its token: the oldest is out when another comes, and no other token's", async () => {
    const { stepped, access, answer } = started();
    const signIn = (name: string, token: string) =>
      answer(access.signIn({ digest: digest(name), token: digest(token), ofSettings: true }));
    await signIn("other", "other");
    for (let count = 0; count <= ACCESS_BOUNDS.signInsPerTokenMax; count++) {
      await signIn(`c${count}`, "settings");
      await stepped.advance(1);
    }
    const isIn = async (name: string) => (await answer(access.signedIn({ digest: digest(name) }))).by !== undefined;
    expect(await Promise.all(["c0", "c1", "c10", "other"].map(isIn))).toEqual([false, true, true, true]);
  });

  test("ends when it is ended", async () => {
    const { access, answer } = started();
    await answer(access.signIn({ digest: digest("cookie"), token: digest("settings"), ofSettings: true }));
    await answer(access.signOut({ digest: digest("cookie") }));
    expect(await answer(access.signedIn({ digest: digest("cookie") }))).toEqual({});
  });
});

test("tokens and sign-ins survive a crash", async () => {
  const { stepped, access, answer, make } = started();
  await answer(make("ana"));
  await answer(access.signIn({ digest: digest("cookie"), token: digest("ana"), ofSettings: false }));
  stepped.kill();
  await stepped.restart();
  expect(await answer(access.signedIn({ digest: digest("cookie") }))).toMatchObject({ token: { name: "ana" } });
});
