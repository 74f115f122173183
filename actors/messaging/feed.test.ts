// A channel's messages on a simulated node: numbers, history, and publications that follow what is stored.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";
import { createProbe, SteppedSystem } from "#runtime/testing/mod.ts";

import { createChannel, createUserMailbox, type Post } from "./feed.ts";
import { createPublications } from "./publications.ts";

const publications = createPublications({ publications: { send: () => undefined } });

const post = (text: string, more: Partial<Post> = {}): Post => ({
  from: "ana",
  text,
  time: "09:11:00",
  hlc: "h5",
  ...more,
});

/** Its first message has the clock 5. */
function startFeed(createType = createChannel, key = "geral") {
  let now = 4;
  const type = createType({ tick: () => ++now });
  const probe = createProbe(publications);
  const stepped = new SteppedSystem([type, probe.type]);
  const feed = stepped.ref(type, key);
  /** What the call ends in, once all has run that can without time passing. */
  const answerOf = async <Value>(call: Promise<Value>): Promise<Value | string> => {
    const outcome = await stepped.outcome(call);
    if (outcome.kind === "answered") return outcome.value;
    return outcome.kind === "failed" ? outcome.code : outcome.kind;
  };
  return {
    probe,
    stepped,
    post: (given: Post, once?: string) => answerOf(feed.post(given, once === undefined ? {} : { once })),
    postMany: (count: number) => answerOf(Promise.all(Array.from({ length: count }, () => feed.post(post("oi"))))),
    history: (page: { after?: number; count: number }) => answerOf(feed.history(page)),
    numbers: async (page: { after?: number; count: number }) => {
      const found = await answerOf(feed.history(page));
      return typeof found === "string" ? found : found.messages.map(({ number }) => number);
    },
  };
}

describe("a message", () => {
  test("has the next number, and is kept as the line that was published", async () => {
    const feed = startFeed();
    expect(await feed.post(post("oi"))).toBe(1);
    expect(await feed.post(post("olá", { from: "bea", hlc: "h9" }))).toBe(2);
    const at = feed.stepped.clock.unixMs();
    expect(await feed.history({ count: 10 })).toEqual({
      messages: [
        { number: 1, at, from: "ana", text: "geral ana: oi [09:11:00] (clock=5)", clock: 5, hlc: "h5" },
        { number: 2, at, from: "bea", text: "geral bea: olá [09:11:00] (clock=6)", clock: 6, hlc: "h9" },
      ],
      last: 2,
    });
  });

  test("to a user has the user as its topic", async () => {
    const feed = startFeed(createUserMailbox, "ana maria");
    await feed.post(post("oi", { from: "bea" }));
    const line = "ana maria bea: oi [09:11:00] (clock=5)";
    feed.probe.expect("publish", { feed: "@@ana maria", number: 1, line });
  });

  test("is published when it is stored, and not before", async () => {
    const { stepped, probe, post: say } = startFeed();
    const letGo = stepped.storeFaults.holdCommit();
    expect(await say(post("oi"))).toBe("pending");
    probe.expectNothing();
    letGo();
    await stepped.runAll();
    probe.expect("publish", { feed: "@geral", number: 1, line: "geral ana: oi [09:11:00] (clock=5)" });
  });

  test("that cannot be stored is none: its number is another's", async () => {
    const { stepped, probe, post: say, history } = startFeed();
    stepped.storeFaults.next("commit", { fails: "store.full" });
    expect(await say(post("oi"))).toBe("store.full");
    probe.expectNothing();
    expect(await history({ count: 10 })).toEqual({ messages: [], last: 0 });
    expect(await say(post("olá"))).toBe(1);
  });

  test("by a name that was used before is said once, and has its first number, also after kill -9", async () => {
    const { stepped, probe, post: say, numbers } = startFeed();
    stepped.storeFaults.next("commit", { kills: "after" });
    expect(await say(post("oi"), "slip 7")).toBe("node.killed");
    await stepped.restart();
    expect(await say(post("oi"), "slip 7")).toBe(1);
    expect(await numbers({ count: 10 })).toEqual([1]);
    probe.expectNothing();
  });

  test("may be as long as may be, and not longer", async () => {
    const { post: say } = startFeed();
    expect(await say(post("x".repeat(limits.messagingTextLengthMax)))).toBe(1);
    expect(await say(post("x".repeat(limits.messagingTextLengthMax + 1)))).toBe("actor.bad_input");
  });
});

describe("the history", () => {
  test("of nothing is empty", async () => {
    expect(await startFeed().history({ count: 10 })).toEqual({ messages: [], last: 0 });
  });

  test("is the newest, or what follows a number; oldest first either way", async () => {
    const { postMany, numbers } = startFeed();
    await postMany(12);
    expect(await numbers({ count: 3 })).toEqual([10, 11, 12]);
    expect(await numbers({ after: 0, count: 3 })).toEqual([1, 2, 3]);
    expect(await numbers({ after: 10, count: 3 })).toEqual([11, 12]);
    expect(await numbers({ after: 12, count: 3 })).toEqual([]);
    expect(await numbers({ after: Number.MAX_SAFE_INTEGER, count: 3 })).toEqual([]);
  });

  test("is read in pages of at most so many", async () => {
    const { postMany, numbers } = startFeed();
    await postMany(limits.historyPageMax + 1);
    expect(await numbers({ after: 0, count: limits.historyPageMax })).toHaveLength(limits.historyPageMax);
    expect(await numbers({ after: 0, count: limits.historyPageMax + 1 })).toBe("actor.bad_input");
  });

  test("is of the latest that are kept, and counts those that are gone", async () => {
    const { postMany, history, numbers } = startFeed();
    await postMany(limits.historyMax);
    expect(await numbers({ after: 0, count: 1 })).toEqual([1]);
    await postMany(1);
    expect(await numbers({ after: 0, count: 1 })).toEqual([2]);
    expect(await history({ after: limits.historyMax + 1, count: 1 })).toEqual({
      messages: [],
      last: limits.historyMax + 1,
    });
  });
});

test("a message is published twice, the second time with it", async () => {
  const sent: string[] = [];
  const type = createPublications({ publications: { send: (text) => void sent.push(text) } });
  const stepped = new SteppedSystem([type]);
  const all = stepped.ref(type, "all");
  all.tell.publish({ feed: "@geral", number: 7, line: "geral ana: oi [09:11:00] (clock=5)" });
  await stepped.runAll();
  expect(sent).toEqual(["geral ana: oi [09:11:00] (clock=5)", "@geral\t7 geral ana: oi [09:11:00] (clock=5)"]);
});
