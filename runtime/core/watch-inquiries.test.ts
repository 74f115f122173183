// Questions to the store about watches: how many may wait, for how long, and by which answer each is judged.
import { describe, expect, test } from "bun:test";

import { TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { WatchInquiries } from "./watch-inquiries.ts";

const STORED = { watcherType: "keeper", watcherKey: "k", watchedType: "plain", watchedKey: "p", method: "lost" };

function inquiriesTo(watches: () => Promise<readonly (typeof STORED)[]>, waitingMax?: number) {
  const clock = new FakeClock();
  const inquiries = new WatchInquiries(new TimerWheel(clock), { watches }, waitingMax);
  const answers: (string | undefined)[] = [];
  const ask = (): boolean => inquiries.ask("keeper/k", "plain/p", (method) => void answers.push(method));
  return { clock, inquiries, answers, ask };
}

describe("inquiries about a watch", () => {
  test.each([
    [[STORED], "lost"],
    [[], undefined],
  ])("are answered with its method, or that there is none", async (stored, method) => {
    const { clock, answers, ask } = inquiriesTo(async () => stored);
    ask();
    await clock.advance(limits.watchInquiryMs + 10);
    expect(answers).toEqual([method]);
  });

  test("are as many as may be; one more is not taken", () => {
    const { ask } = inquiriesTo(async () => [], 2);
    expect([ask(), ask(), ask()]).toEqual([true, true, false]);
  });

  test("wait while the store cannot be read, and are not answered once the node ends", async () => {
    const trouble = { times: 2 };
    const { clock, inquiries, answers, ask } = inquiriesTo(async () => {
      if (trouble.times-- > 0) throw new Error("no disk");
      return [STORED];
    });
    ask();
    await clock.advance(2 * limits.watchInquiryMs + 10);
    expect(answers).toEqual([]);
    await clock.advance(limits.watchInquiryMs + 10);
    expect(answers).toEqual(["lost"]);
    ask();
    inquiries.stop();
    await clock.advance(10 * limits.watchInquiryMs);
    expect([answers, ask()]).toEqual([["lost"], false]);
  });

  test("that come while the store looks are not judged by what it saw", async () => {
    const looks = [Promise.withResolvers<readonly (typeof STORED)[]>(), Promise.withResolvers<[]>()];
    let count = 0;
    const { clock, answers, ask } = inquiriesTo(() => looks[count++]!.promise);
    ask();
    await clock.advance(limits.watchInquiryMs + 10);
    ask();
    await clock.advance(2 * limits.watchInquiryMs);
    expect(count).toBe(1);
    looks[0]!.resolve([]);
    await clock.advance(limits.watchInquiryMs + 10);
    expect([answers, count]).toEqual([[undefined], 2]);
  });
});
