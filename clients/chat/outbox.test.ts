// Our own messages until they are acknowledged: in order, over one link at a time, never forgotten.
import { describe, expect, test } from "bun:test";

import { UNACKNOWLEDGED_MAX } from "./limits.ts";
import { Outbox } from "./outbox.ts";

const ready = (): boolean => true;

function outboxWith(...places: readonly string[]): Outbox {
  const outbox = new Outbox();
  for (const [index, place] of places.entries()) add(outbox, `t${index + 1}`, place);
  return outbox;
}

function add(outbox: Outbox, tag: string, place = "lobby"): void {
  outbox.add({ tag, command: `SAY ${place} ${tag}`, place, text: tag });
}

const tags = (list: readonly { readonly tag: string }[]): readonly string[] => list.map(({ tag }) => tag);

describe("the outbox", () => {
  test("gives each message out once, in order", () => {
    const outbox = outboxWith("lobby", "lobby");
    expect(tags(outbox.take("main", ready))).toEqual(["t1", "t2"]);
    expect(outbox.take("main", ready)).toEqual([]);
  });

  test("gives what was under way on a lost link out again", () => {
    const outbox = outboxWith("lobby", "lobby");
    outbox.take("main", ready);
    outbox.remove("t1");
    outbox.lost("data");
    expect(outbox.take("main", ready)).toEqual([]);
    outbox.lost("main");
    expect(tags(outbox.take("main", ready))).toEqual(["t2"]);
  });

  test("lets nothing overtake what is under way on another link", () => {
    const outbox = outboxWith("lobby");
    outbox.take("main", ready);
    add(outbox, "t2");
    expect(outbox.take("data", ready)).toEqual([]);
    outbox.remove("t1");
    expect(tags(outbox.take("data", ready))).toEqual(["t2"]);
  });

  test("holds back what is for a room where we are not yet, and only that", () => {
    const outbox = outboxWith("lobby", "@bea", "sala");
    expect(tags(outbox.take("main", (place) => place !== "lobby"))).toEqual(["t2", "t3"]);
    expect(tags(outbox.take("main", ready))).toEqual(["t1"]);
  });

  test("waits with what the server could not do, and with all behind it", () => {
    const outbox = outboxWith("lobby", "lobby");
    outbox.take("main", ready);
    outbox.later("t1", 5_000);
    add(outbox, "t3");
    expect(outbox.wakeAtMs).toBe(5_000);
    outbox.woken(4_999);
    expect(outbox.take("main", ready)).toEqual([]);
    outbox.woken(5_000);
    expect(tags(outbox.take("main", ready))).toEqual(["t1", "t3"]);
    expect(outbox.wakeAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  test("is full at its limit", () => {
    const outbox = outboxWith(...Array.from({ length: UNACKNOWLEDGED_MAX - 1 }, () => "lobby"));
    expect(outbox.isFull).toBe(false);
    add(outbox, "last");
    expect(outbox.isFull).toBe(true);
  });

  test("gives back what can never be said", () => {
    const outbox = outboxWith("lobby", "sala");
    expect(tags(outbox.removeAll("lobby"))).toEqual(["t1"]);
    expect([outbox.count, outbox.countOf("sala")]).toEqual([1, 1]);
  });
});
