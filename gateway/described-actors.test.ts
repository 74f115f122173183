// What an author says of a type and of its methods, and that what is for actors alone is served to nobody else.
import { describe, expect, test } from "bun:test";

import { actor } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { startGatewayTo, withToken } from "./stand-in.ts";

const about = { about: "Rings; the key is its tower", aboutMethods: { ring: "Rings once" } };
const Bell = actor("bell", { ...about, state: () => ({}) })
  .on("ring", {}, () => undefined)
  .on("toll", {}, () => undefined);
const Clapper = actor("clapper", { internal: true, state: () => ({}) }).on("strike", {}, () => undefined);

async function withGateway<Value>(look: (gateway: ReturnType<typeof startGatewayTo>) => Promise<Value>) {
  const node = createSteppedNode([Bell, Clapper]);
  await using gateway = startGatewayTo(node.view);
  return await node.serve(look(gateway));
}

describe("what an author says", () => {
  test("of a type is its group in the document, and of a method its entry", async () => {
    const document = await withGateway(async (gateway) => (await gateway.get("/docs/json")).json());
    const { paths, tags } = document as { paths: Record<string, Record<string, object>>; tags: object[] };
    expect(tags).toContainEqual({
      name: "actor bell",
      description: "Rings; the key is its tower. A new key is a new actor.",
    });
    expect(paths["/actors/bell/{key}/ring"]?.["post"]).toMatchObject({ summary: "Rings once" });
    expect(paths["/actors/bell/{key}/toll"]?.["post"]).toMatchObject({ summary: "Call bell.toll" });
  });

  test("is listed with the types", async () => {
    const types = await withGateway(async (gateway) => (await gateway.get("/actors/types")).json());
    expect(types).toMatchObject({
      items: [{ about: about.about, methods: [{ about: "Rings once" }, { name: "toll" }] }, {}],
    });
  });
});

describe("an internal type", () => {
  test("is listed, without methods", async () => {
    const types = await withGateway(async (gateway) => (await gateway.get("/actors/types")).json());
    expect(types).toMatchObject({ items: [{}, { type: "clapper", methods: [] }] });
  });

  test("is called by nobody over HTTP", async () => {
    const response = await withGateway((gateway) => gateway.send("POST", "/actors/clapper/one/strike", withToken));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "actor.unknown_method" });
  });
});
