// Topics and who has them: found by the beginning of a message, against a model that compares with every topic.
import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "../testing/times-runs.ts";
import { Subscriptions } from "./subscriptions.ts";

type Who = "ana" | "bea" | "caio";

function matched(subscriptions: Subscriptions<Who>, text: string): Who[] {
  const found: Who[] = [];
  const octets = Buffer.from(`before${text}behind`, "latin1");
  subscriptions.match(octets, 6, 6 + text.length, (who) => found.push(who));
  return found;
}

function subscribed(...all: readonly (readonly [topic: string, who: Who])[]): Subscriptions<Who> {
  const subscriptions = new Subscriptions<Who>();
  for (const [topic, who] of all) subscriptions.add(Buffer.from(topic, "latin1"), who);
  return subscriptions;
}

test("topics that nobody has any more take no memory", () => {
  const subscriptions = new Subscriptions<Who>();
  const liveBytesAfter = (round: string): number => {
    const topics = Array.from({ length: 20_000 }, (_, index) => Buffer.from(`${round}${(index * 7_919) % 20_000}/`));
    for (const topic of topics) subscriptions.add(topic, "ana");
    for (const topic of topics.toReversed()) subscriptions.delete(topic, "ana");
    topics.length = 0;
    Bun.gc(true);
    return heapStats().heapSize;
  };
  liveBytesAfter("warm");
  const before = liveBytesAfter("first");
  expect(liveBytesAfter("second") - before).toBeLessThan(500_000);
});

describe("a topic", () => {
  test("finds what begins with it, itself too, and nothing that is shorter or another", () => {
    const subscriptions = subscribed(["news", "ana"]);
    const found = ["news", "newspaper", "new", "nexs", "", "xnews"].map((text) => matched(subscriptions, text));
    expect(found).toEqual([["ana"], ["ana"], [], [], [], []]);
  });

  test("that is empty finds all there is", () => {
    const subscriptions = subscribed(["", "ana"]);
    expect(["", "x", "news"].map((text) => matched(subscriptions, text))).toEqual([["ana"], ["ana"], ["ana"]]);
  });

  test("is octets: none is the end of it", () => {
    const subscriptions = subscribed(["\u0000\u00ff", "ana"], ["\u0000", "bea"]);
    expect(matched(subscriptions, "\u0000\u00ff\u0000")).toEqual(["bea", "ana"]);
    expect(matched(subscriptions, "\u0000")).toEqual(["bea"]);
  });

  test("ends where the message's first frame does, whatever lies behind it", () => {
    expect(matched(subscribed(["newsbeh", "ana"]), "news")).toEqual([]);
  });

  test("does not change with the chunk that it came in", () => {
    const subscriptions = new Subscriptions<Who>();
    const chunk = Buffer.from("news");
    subscriptions.add(chunk, "ana");
    chunk.fill(0);
    expect(matched(subscriptions, "news")).toEqual(["ana"]);
  });

  test("of somebody who has several finds him once for each", () => {
    const subscriptions = subscribed(["n", "ana"], ["news", "ana"], ["ne", "bea"]);
    expect(matched(subscriptions, "news")).toEqual(["ana", "bea", "ana"]);
  });

  test("is had once, however often it is asked for, and gone at once", () => {
    const subscriptions = subscribed(["news", "ana"]);
    const news = Buffer.from("news");
    expect(subscriptions.add(news, "ana")).toBe(false);
    expect(subscriptions.add(news, "bea")).toBe(true);
    expect(subscriptions.delete(news, "ana")).toBe(true);
    expect(subscriptions.delete(news, "ana")).toBe(false);
    expect(matched(subscriptions, "news")).toEqual(["bea"]);
  });
});

describe("any additions and deletions", () => {
  // Few letters, so that topics begin with each other often.
  const topic = fc.string({ unit: fc.constantFrom("a", "b", "\u0000", "ÿ"), maxLength: 6 });
  const who = fc.constantFrom<Who>("ana", "bea", "caio");
  const step = fc.tuple(fc.constantFrom("add", "add", "delete", "match"), topic, who);

  test("find whom the model finds, and say whether they changed anything", () => {
    const property = fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
      const subscriptions = new Subscriptions<Who>();
      const model = new Set<string>();
      for (const [what, text, whose] of steps) {
        const entry = `${whose}/${text}`;
        const octets = Buffer.from(text, "latin1");
        if (what === "add") {
          expect(subscriptions.add(octets, whose)).toBe(!model.has(entry));
          model.add(entry);
        } else if (what === "delete") expect(subscriptions.delete(octets, whose)).toBe(model.delete(entry));
        const expected = [...model].filter((each) => text.startsWith(each.slice(each.indexOf("/") + 1)));
        expect(matched(subscriptions, text).sort()).toEqual(
          expected.map((each) => each.split("/", 1)[0] as Who).sort(),
        );
      }
    });
    fc.assert(property, { seed: 20_261_122, numRuns: timesRuns(300) });
  });
});
