// Password hashing: what matches, what a name without a password costs, and how many are hashed at once.
import { describe, expect, test } from "bun:test";

import { PasswordHasher } from "./passwords.ts";

describe("a password", () => {
  test("matches its own hash and no other, and each hash of it is another", async () => {
    const hasher = new PasswordHasher();
    const [one, other] = await Promise.all([hasher.hash("segredo"), hasher.hash("segredo")]);
    expect(one).toStartWith("$argon2id$v=19$m=65536,");
    expect(one).not.toBe(other);
    expect(await hasher.verify("segredo", one)).toBe(true);
    expect(await hasher.verify("outra", one)).toBe(false);
  });

  test("for a name that has none is looked at with the same effort, and is wrong", async () => {
    const hasher = new PasswordHasher();
    expect(await hasher.verify("segredo", undefined)).toBe(false);
    expect(await hasher.hash("x")).toStartWith("$argon2id$v=19$m=65536,t=2,p=1$");
  });

  test("waits while enough are hashed; one more than may wait is turned away, and no later one", async () => {
    const hasher = new PasswordHasher(1, 1);
    const hashes = await Promise.all([hasher.hash("a"), hasher.hash("b"), hasher.hash("c")]);
    expect(hashes.map((hash) => hash !== undefined)).toEqual([true, true, false]);
    expect(await hasher.hash("d")).toBeDefined();
  });
});
