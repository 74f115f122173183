// States that hold secrets: shown to nobody, whatever his role, and replaced by nobody.

import { describe, expect, test } from "bun:test";

import { actor, t } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { startGatewayTo, withToken } from "./stand-in.ts";

const TYPES = ["account", "access", "audit", "chat-person", "text-session"];

describe("the state of an actor that keeps secrets", () => {
  test.each(TYPES)("is not shown, not even to an admin, while the rest is: %s", async (name) => {
    const Keeper = actor(name, { state: () => ({ hash: "" }), durable: true, private: true }).on(
      "keep",
      { in: t.String() },
      (keeper, hash) => void (keeper.state.hash = hash),
    );
    const node = createSteppedNode([Keeper]);
    await using gateway = startGatewayTo(node.view);
    node.stepped.ref(Keeper, "ana").tell.keep("$argon2id$");
    await node.stepped.runAll();
    const response = await node.serve(gateway.get(`/actors/${name}/ana`, withToken));
    const text = await response.text();
    expect([response.status, response.headers.get("etag")]).toEqual([200, '"1"']);
    expect(text).not.toContain("argon2id");
    expect(JSON.parse(text)).toMatchObject({ key: "ana", commits: 1, turns: 1 });
    expect(JSON.parse(text)).not.toHaveProperty("state");
  });
});
