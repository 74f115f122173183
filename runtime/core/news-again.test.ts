// News that a durable watcher could not store: they come again, as long as its watch stands.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import { News, Plain, plainP } from "./test-watching.ts";

/** Keeps how often it was told. */
const Keeper = actor("keeper", { state: () => ({ told: 0 }), durable: true })
  .on("begin", {}, (self) => self.watch(plainP, "lost"))
  .on("lost", { in: News }, ({ state }) => void state.told++);

/** The keeper watches; then that one stops, with the store in this trouble. */
async function toldWith(trouble: "fails" | "answerLost" | "loadFails") {
  const stepped = new SteppedSystem([Keeper, Plain]);
  const told = async (): Promise<unknown> => {
    const state = await stepped.system.store.load("keeper", "k");
    return state === undefined ? undefined : JSON.parse(String(state.state));
  };
  stepped.ref(Plain, "p").tell.touch();
  await stepped.outcome(stepped.ref(Keeper, "k").begin());
  if (trouble === "loadFails") await stepped.advance(limits.idleStopMs + 1_000);
  if (trouble === "loadFails") stepped.storeFaults.next("load", { fails: "store.failed" });
  else stepped.storeFaults.next("commit", trouble === "fails" ? { fails: "store.full" } : { answerLost: true });
  stepped.ref(Plain, "p").tell.stop();
  await stepped.advance(0);
  return { stepped, told };
}

describe("news of one that is gone", () => {
  test.each(["fails", "loadFails"] as const)("come again where the store failed (%s)", async (trouble) => {
    const { stepped, told } = await toldWith(trouble);
    expect(await told()).toEqual({ told: 0 });
    await stepped.advance(limits.watchInquiryMs + 1);
    expect(await told()).toEqual({ told: 1 });
    expect(await stepped.system.store.watches()).toEqual([]);
    expect(stepped.deadLetters).toEqual([]);
  });

  test("do not come again where only the answer of the commit was lost", async () => {
    const { stepped, told } = await toldWith("answerLost");
    await stepped.advance(limits.watchInquiryMs + 1);
    expect(await told()).toEqual({ told: 1 });
  });

  test("are told after the next start where the node ends before they come again", async () => {
    const { stepped, told } = await toldWith("fails");
    await stepped.restart();
    await stepped.advance(0);
    expect(await told()).toEqual({ told: 1 });
  });
});
