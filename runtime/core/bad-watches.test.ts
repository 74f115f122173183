// Watches that cannot be: an error of the turn that asks for one, before anything of it is to be stored.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import type { RuntimeError } from "./errors.ts";
import { startNode } from "./test-node.ts";

const Gone = t.Object({ reason: t.String() });
const Plain = actor("plain", { state: () => ({}) }).on("touch", {}, () => undefined);

async function attempt(whom: { type: string; key: string }, method: string) {
  const Watcher = actor("watcher", { state: () => ({ count: 0 }), durable: true })
    .on("watch", {}, (self) => self.watch(whom, method))
    .on("unwatch", {}, (self) => self.unwatch(whom))
    .on("lost", { in: Gone }, () => undefined)
    .on("touch", {}, ({ state }) => void state.count++)
    .read("look", { in: Gone }, () => undefined);
  const node = await startNode([Watcher, Plain]);
  return { node, ref: (key: string) => node.ref(Watcher, key) };
}

describe("a watch that cannot be", () => {
  test.each([
    ["whose key is none", { type: "plain", key: "\ud800" }, "actor.bad_key"],
    ["whose type is none", { type: "nobody", key: "p" }, "actor.unknown_type"],
  ])("is an error of its turn, and no neighbour notices (one %s)", async (_, whom, code) => {
    const { node, ref } = await attempt(whom, "lost");
    const outcomes = [ref("a").watch(), ref("a").unwatch(), ref("b").touch()].map((each) => watch(each));
    await node.clock.settle();
    const codes = outcomes.map(({ outcome }) => outcome.kind === "failed" && (outcome.error as RuntimeError).cause);
    expect(codes).toMatchObject([{ code }, { code }, false]);
  });

  test("is one by a read, which could not end it", async () => {
    const { node, ref } = await attempt({ type: "plain", key: "p" }, "look");
    expect(await node.outcome(ref("a").watch())).toMatchObject({ error: { cause: { code: "actor.bad_input" } } });
  });
});
