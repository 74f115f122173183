// The reference: which rank a server has, who is alive, and who may have a name that is in use.
import { describe, expect, test } from "bun:test";

import { actor, limits } from "#runtime/mod.ts";
import { SteppedSystem } from "#runtime/testing/mod.ts";

import { createReference, REFERENCE_KEY } from "./reference.ts";
import { SERVER_NAME_LENGTH_MAX, type ServerName } from "./server-name.ts";

/** Whoever speaks for a server is watched: any actor will do. */
const Speaker = actor("speaker", { state: () => ({}) }).on("leave", {}, (speaker) => speaker.stop());

class ReferenceNode {
  #reference = createReference();
  stepped = new SteppedSystem([this.#reference, Speaker]);

  /** As `kill -9`, and then another process. */
  restart(): void {
    this.stepped.kill();
    this.#reference = createReference();
    this.stepped = new SteppedSystem([this.#reference, Speaker], { disk: this.stepped.disk });
  }

  get #ref() {
    return this.stepped.ref(this.#reference, REFERENCE_KEY);
  }

  /** A server of this kind where it has an instance. Its rank, or the code of the refusal. */
  async hear(name: string, instance?: string, address = "10.0.0.1"): Promise<number | string> {
    const session = { type: "speaker", key: `${name} ${instance}` };
    const own = instance === undefined ? {} : { instance };
    const heard = this.#ref.hear({ name: name as ServerName, address, session, ...own });
    const outcome = await this.stepped.outcome(heard);
    if (outcome.kind === "answered") return outcome.value.rank;
    return outcome.kind === "failed" ? outcome.code : outcome.kind;
  }

  /** `name rank`, with `votes` behind where it does. */
  async list(): Promise<readonly string[]> {
    const outcome = await this.stepped.outcome(this.#ref.list());
    if (outcome.kind !== "answered") throw new Error(`No list: ${outcome.kind}`);
    return outcome.value.map(({ name, rank, votes }) => `${name} ${rank}${votes ? " votes" : ""}`);
  }

  async leave(name: string, instance: string): Promise<void> {
    await this.stepped.outcome(this.#ref.leave({ name: name as ServerName, instance }));
  }
}

describe("a rank", () => {
  test("is the smallest that is free, from 1 on", async () => {
    const node = new ReferenceNode();
    expect([await node.hear("a"), await node.hear("b"), await node.hear("c")]).toEqual([1, 2, 3]);
  });

  test("is the same for the same name", async () => {
    const node = new ReferenceNode();
    await node.hear("a");
    await node.hear("b");
    expect([await node.hear("b"), await node.hear("a")]).toEqual([2, 1]);
  });

  test("is kept for a name whose server is dead", async () => {
    const node = new ReferenceNode();
    await node.hear("a");
    await node.stepped.advance(limits.serverSilenceMs + 1);
    expect([await node.hear("b"), await node.hear("a")]).toEqual([2, 1]);
  });

  test("survives a restart of the reference, and a kill", async () => {
    const node = new ReferenceNode();
    await node.hear("a");
    await node.hear("b");
    node.restart();
    expect([await node.hear("c"), await node.hear("b")]).toEqual([3, 2]);
  });

  test("of all servers that are remembered, with the longest names and addresses, is far from too much", async () => {
    const node = new ReferenceNode();
    const [address, instance] = ["a".repeat(limits.serverAddressLengthMax), "i".repeat(SERVER_NAME_LENGTH_MAX)];
    for (let count = 0; count < limits.serversRememberedMax; count++) {
      if (count % limits.serversMax === 0) await node.stepped.advance(limits.serverSilenceMs + 1);
      await node.hear(`${count}`.padEnd(SERVER_NAME_LENGTH_MAX, '"'), instance, address);
    }
    const stored = node.stepped.disk.actor("server-reference", REFERENCE_KEY)?.stored;
    expect(stored?.state.length).toBeGreaterThan(limits.serversRememberedMax * limits.serverAddressLengthMax);
    expect(stored?.state.length).toBeLessThan(limits.stateLengthMax / 4);
  });

  test("is free again when so many names are known, of the one that is dead longest", async () => {
    const node = new ReferenceNode();
    for (let count = 0; count < limits.serversRememberedMax; count++) {
      if (count % limits.serversMax === 0) await node.stepped.advance(limits.serverSilenceMs + 1);
      await node.hear(`s${count}`);
    }
    await node.stepped.advance(limits.serverSilenceMs + 1);
    expect([await node.hear("new"), await node.hear("s0")]).toEqual([1, 2]);
  });
});

describe("the list", () => {
  test("has who was heard within the time, by rank, and who of them votes", async () => {
    const node = new ReferenceNode();
    await node.hear("a", "i1");
    await node.hear("b");
    await node.stepped.advance(limits.serverSilenceMs);
    await node.hear("b");
    expect(await node.list()).toEqual(["a 1 votes", "b 2"]);
    await node.stepped.advance(1);
    expect(await node.list()).toEqual(["b 2"]);
  });

  test("has after a restart who was alive before it, as long as it may be silent", async () => {
    const node = new ReferenceNode();
    await node.hear("a", "i1");
    node.restart();
    expect(await node.list()).toEqual(["a 1 votes"]);
    await node.stepped.advance(limits.serverSilenceMs + 1);
    expect(await node.list()).toEqual([]);
  });

  test("has no more who says that it goes", async () => {
    const node = new ReferenceNode();
    await node.hear("a", "i1");
    await node.leave("a", "another");
    expect(await node.list()).toEqual(["a 1 votes"]);
    await node.leave("a", "i1");
    expect(await node.list()).toEqual([]);
  });

  test("has so many servers, and not one more", async () => {
    const node = new ReferenceNode();
    for (let count = 0; count < limits.serversMax; count++) await node.hear(`s${count}`);
    expect(await node.hear("one more")).toBe("reference.full");
    expect(await node.list()).toHaveLength(limits.serversMax);
  });
});

describe("a name that is in use", () => {
  test("is not given to another process while the first is alive", async () => {
    const node = new ReferenceNode();
    await node.hear("a", "i1");
    expect([await node.hear("a", "i2"), await node.hear("a"), await node.hear("a", "i1")]).toEqual([
      "reference.name_taken",
      "reference.name_taken",
      1,
    ]);
  });

  test("is given to another as soon as the connection of the first is gone", async () => {
    const node = new ReferenceNode();
    await node.hear("a", "i1");
    await node.stepped.outcome(node.stepped.ref(Speaker, "a i1").leave());
    expect(await node.hear("a", "i2")).toBe(1);
  });

  test("is given to another when the first has been silent for too long", async () => {
    const node = new ReferenceNode();
    await node.hear("a", "i1");
    await node.stepped.advance(limits.serverSilenceMs + 1);
    expect(await node.hear("a", "i2")).toBe(1);
  });

  test("is that of one server, however many existing programs use it", async () => {
    const node = new ReferenceNode();
    expect([await node.hear("a"), await node.hear("a", undefined, "10.0.0.2")]).toEqual([1, 1]);
    expect(await node.list()).toEqual(["a 1"]);
  });
});
