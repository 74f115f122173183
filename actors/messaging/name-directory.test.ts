// The directories of users and channels on a simulated node: who was there before, their order, and their bounds.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { createChannelDirectory, createUserDirectory, DIRECTORY_KEY } from "./name-directory.ts";

function startDirectory(create = createUserDirectory) {
  const type = create();
  const stepped = new SteppedSystem([type]);
  const directory = stepped.ref(type, DIRECTORY_KEY);
  /** What the call ends in, once all has run that can without time passing. */
  const answerOf = async <Value>(call: Promise<Value>): Promise<Value | string> => {
    const outcome = await stepped.outcome(call);
    if (outcome.kind === "answered") return outcome.value;
    return outcome.kind === "failed" ? outcome.code : outcome.kind;
  };
  return {
    stepped,
    add: (name: string) => answerOf(directory.add({ name })),
    addAll: (names: readonly string[]) => answerOf(Promise.all(names.map((name) => directory.add({ name })))),
    has: (name: string) => answerOf(directory.has({ name })),
    list: () => answerOf(directory.list()),
  };
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `name ${index}`);

test("a name is new once", async () => {
  const { add, has } = startDirectory();
  expect(await has("ana")).toBe(false);
  expect(await add("ana")).toBe("added");
  expect(await has("ana")).toBe(true);
  expect(await add("ana")).toBe("known");
});

test("names that differ in case are two", async () => {
  const { add, list } = startDirectory();
  await add("ana");
  expect(await add("Ana")).toBe("added");
  expect(await list()).toEqual(["ana", "Ana"]);
});

test("names are listed in the order of their coming, each once", async () => {
  const { addAll, list } = startDirectory();
  const many = names(250);
  await addAll([...many.toReversed(), ...many]);
  expect(await list()).toEqual(many.toReversed());
});

test("what was added is there after kill -9, and what could not be stored is not", async () => {
  const { add, list, stepped } = startDirectory();
  await add("ana");
  stepped.storeFaults.next("commit", { fails: "store.full" });
  expect(await add("bea")).toBe("store.full");
  await stepped.restart();
  expect(await list()).toEqual(["ana"]);
  expect(await add("bea")).toBe("added");
  expect(await list()).toEqual(["ana", "bea"]);
});

describe("a directory is full", () => {
  test.each([
    ["users", createUserDirectory, limits.messagingUsersMax],
    ["channels", createChannelDirectory, limits.messagingChannelsMax],
  ])("with so many %s and not one more; those who are there are known", async (_, type, most) => {
    const { add, addAll, has, list } = startDirectory(type);
    expect(await addAll(names(most))).toEqual(Array(most).fill("added"));
    expect(await add("one more")).toBe("full");
    expect(await has("one more")).toBe(false);
    expect(await add("name 7")).toBe("known");
    expect(await list()).toEqual([...names(most)]);
  });
});
