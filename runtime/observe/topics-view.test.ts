// Topics as an operator sees them: pages that follow one another without a gap.
import { describe, expect, test } from "bun:test";

import { Type } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { topic } from "../core/topic.ts";
import { createSteppedNode } from "../testing/stepped-node.ts";
import type { Page } from "./view.ts";

const news = topic("news", Type.String());
const Reader = actor("reader", { state: () => ({}) })
  .on("subscribe", { in: Type.String() }, (reader, key) => reader.subscribe(news(key), "read"))
  .on("read", { in: Type.String() }, () => undefined);

async function readers(...subscriptions: readonly (readonly [reader: string, key: string])[]) {
  const { stepped, view } = createSteppedNode([Reader]);
  for (const [reader, key] of subscriptions) stepped.ref(Reader, reader).tell.subscribe(key);
  await stepped.runAll();
  return view;
}

/** Follows the cursors from the first page to the last. */
function pagesOf<Item>(page: (after: string | undefined) => Page<Item>): (readonly Item[])[] {
  const pages = [page(undefined)];
  for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next) pages.push(page(next));
  return pages.map(({ items }) => items);
}

const reader = (key: string) => ({ type: "reader", key, method: "read" });

describe("topics", () => {
  test("are listed in their order with how many have subscribed, page by page", async () => {
    const view = await readers(["a", "z"], ["b", "z"], ["a", "m"], ["c", "ação/1"], ["d", "b"], ["d", "z"]);
    const pages = pagesOf((after) => view.topics({ limit: 2, ...(after === undefined ? {} : { after }) }));
    expect(pages.map((items) => items.map(({ topic: name, subscribers }) => `${name}: ${subscribers}`))).toEqual([
      ["news/ação/1: 1", "news/b: 1"],
      ["news/m: 1", "news/z: 3"],
    ]);
  });

  test("are found by how they begin", async () => {
    const view = await readers(["a", "room/1"], ["a", "room/2"], ["a", "person/1"]);
    expect(view.topics({ limit: 9, prefix: "news/room" }).items.map((each) => each.topic)).toEqual([
      "news/room/1",
      "news/room/2",
    ]);
    expect(view.topics({ limit: 9, prefix: "other" })).toEqual({ items: [] });
  });
});

describe("subscribers of a topic", () => {
  test("are listed with the method by which they are told, page by page", async () => {
    const view = await readers(["c", "z"], ["a", "z"], ["b", "z"], ["d", "m"]);
    const pages = pagesOf(
      (after) => view.subscribers("news/z", { limit: 2, ...(after === undefined ? {} : { after }) }) ?? { items: [] },
    );
    expect(pages).toEqual([[reader("a"), reader("b")], [reader("c")]]);
  });

  test("there are none where nobody has subscribed", async () => {
    const view = await readers(["a", "z"]);
    expect(view.subscribers("news/nothing", { limit: 2 })).toBeUndefined();
  });
});
