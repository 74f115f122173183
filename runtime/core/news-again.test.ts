// News that a durable watcher could not store: they come again, as long as its watch stands.
import { describe, expect, test } from "bun:test";

import { TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import { NewsAgain } from "./news-again.ts";
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
    await stepped.advance(limits.newsRetryMs + 1);
    expect(await told()).toEqual({ told: 1 });
    expect(await stepped.system.store.watches()).toEqual([]);
    expect(stepped.deadLetters).toEqual([]);
  });

  test("do not come again where only the answer of the commit was lost", async () => {
    const { stepped, told } = await toldWith("answerLost");
    await stepped.advance(limits.newsRetryMs + 1);
    expect(await told()).toEqual({ told: 1 });
  });

  test("are told after the next start where the node ends before they come again", async () => {
    const { stepped, told } = await toldWith("fails");
    await stepped.restart();
    await stepped.advance(0);
    expect(await told()).toEqual({ told: 1 });
  });
});

describe("news that wait", () => {
  const gone = { ...plainP, reason: "stopped" };
  const watcher = { type: "keeper", key: "k", method: "lost" };

  test("are as many as may be; one more is not taken", () => {
    const news = new NewsAgain(new TimerWheel(new FakeClock()), { watches: async () => [] }, () => undefined, 2);
    expect([news.add(watcher, gone), news.add(watcher, gone), news.add(watcher, gone)]).toEqual([true, true, false]);
  });

  test("go on waiting while the store cannot be read, and are told nobody once the node ends", async () => {
    const clock = new FakeClock();
    const told: string[] = [];
    const watch = { watcherType: "keeper", watcherKey: "k", watchedType: "plain", watchedKey: "p", method: "lost" };
    const trouble = { times: 2 };
    const watches = async () => {
      if (trouble.times-- > 0) throw new Error("no disk");
      return [watch];
    };
    const news = new NewsAgain(new TimerWheel(clock), { watches }, ({ key }) => void told.push(key));
    news.add(watcher, gone);
    await clock.advance(2 * limits.newsRetryMs + 10);
    expect(told).toEqual([]);
    await clock.advance(limits.newsRetryMs + 10);
    expect(told).toEqual(["k"]);
    news.add(watcher, gone);
    news.stop();
    await clock.advance(10 * limits.newsRetryMs);
    expect([told, news.add(watcher, gone)]).toEqual([["k"], false]);
  });
});
