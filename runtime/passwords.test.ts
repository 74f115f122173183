// Password hashing: what matches, what a name without a password costs, and who is hashed for when many want it.
import { describe, expect, test } from "bun:test";

import { limits } from "./limits.ts";
import { PasswordHasher } from "./passwords.ts";

/** What a hash may take, and takes nowhere but on a machine that has much else to do. */
const SLOW_HASH_MS = 430;

type Asker = Parameters<PasswordHasher["hash"]>[1];

const from = (remoteAddress: string, signal = new AbortController().signal): Asker => ({ remoteAddress, signal });
const ana = from("192.0.2.1");

/** Whether each was hashed, of those who asked at once. */
async function hashedFor(hasher: PasswordHasher, addresses: readonly string[]): Promise<readonly boolean[]> {
  const hashes = await Promise.all(addresses.map((address) => hasher.hash("segredo", from(address))));
  return hashes.map((hash) => hash !== undefined);
}

describe("a password", () => {
  test("matches its own hash and no other, and each hash of it is another", async () => {
    const hasher = new PasswordHasher();
    const [one, other] = await Promise.all([hasher.hash("segredo", ana), hasher.hash("segredo", ana)]);
    expect(one).toStartWith("$argon2id$v=19$m=65536,");
    expect(one).not.toBe(other);
    expect(await hasher.verify("segredo", one, ana)).toBe(true);
    expect(await hasher.verify("outra", one, ana)).toBe(false);
  });

  test("for a name that has none is looked at with the same effort, and is wrong", async () => {
    const hasher = new PasswordHasher();
    expect(await hasher.verify("segredo", undefined, ana)).toBe(false);
    expect(await hasher.hash("x", ana)).toStartWith("$argon2id$v=19$m=65536,t=2,p=1$");
  });

  test("waits while enough are hashed; one more than may wait is turned away, and no later one", async () => {
    const hasher = new PasswordHasher({ runningMax: 1, waitingMax: 1 });
    expect(await hashedFor(hasher, ["a", "b", "c"])).toEqual([true, true, false]);
    expect(await hasher.hash("d", ana)).toBeDefined();
  });
});

describe("of one address", () => {
  test("so many may wait and not one more, which is turned away, while another's waits", async () => {
    const waitingPerAddressMax = 2;
    const hasher = new PasswordHasher({ runningMax: 1, waitingPerAddressMax });
    const asked = ["a", "a", "a", "a", "b"];
    expect(await hashedFor(hasher, asked)).toEqual([true, true, true, false, true]);
    expect(await hashedFor(hasher, ["a"])).toEqual([true]);
  });

  test("fewer may wait than of all: there is room for another's when the first has taken what it may", () => {
    expect(limits.passwordHashesWaitingPerAddressMax * 2).toBeLessThan(limits.passwordHashesWaitingMax);
  });
});

describe("what waits for a hash", () => {
  test("is not hashed when its asker is gone, and its place is free at once", async () => {
    const hasher = new PasswordHasher({ runningMax: 1, waitingMax: 1 });
    const gone = new AbortController();
    const running = hasher.hash("segredo", ana);
    const order: string[] = [];
    const given = hasher.hash("segredo", from("192.0.2.2", gone.signal)).then((hash) => {
      order.push("given up");
      return hash;
    });
    gone.abort();
    const next = hasher.verify("segredo", undefined, ana);
    void running.then(() => order.push("hashed"));
    expect([await given, typeof (await running), await next]).toEqual([undefined, "string", false]);
    expect(order).toEqual(["given up", "hashed"]);
  });

  test("is not hashed either where its asker was gone before", async () => {
    expect(await new PasswordHasher().hash("segredo", from("a", AbortSignal.abort()))).toBeUndefined();
  });

  test("leaves nothing on its asker's signal", async () => {
    const hasher = new PasswordHasher({ runningMax: 1 });
    const { signal } = new AbortController();
    const heard: string[] = [];
    signal.addEventListener = (): void => void heard.push("add");
    signal.removeEventListener = (): void => void heard.push("remove");
    await Promise.all([hasher.hash("segredo", ana), hasher.hash("segredo", from("a", signal))]);
    expect(heard).toEqual(["add", "remove"]);
  });

  test("has its hash in time also as the last of all, where each takes long, and twice", () => {
    const turns = limits.passwordHashesWaitingMax / limits.passwordHashesMax + 1;
    expect(2 * turns * SLOW_HASH_MS).toBeLessThan(limits.passwordTimeoutMs);
  });
});
