// Dead letters by type and reason: found among many others, a bounded number of which is looked at for one page.
import { expect, test } from "bun:test";

import type { Operations } from "../core/operations.ts";
import type { ActorSystem } from "../core/system.ts";
import { createDeadLettersView } from "./dead-letters-view.ts";
import type { DeadLetterView } from "./view.ts";

const LETTERS = 5_000;

/** Every 1 000th of them is to a printer. */
const letterOf = (id: number) => ({ id, type: id % 1_000 === 0 ? "printer" : "counter", reason: "actor.crashed" });

function createView() {
  const looked: number[] = [];
  const letters = {
    async list(before: number, limit: number) {
      const newest = Math.min(before, LETTERS + 1) - 1;
      const found = Array.from({ length: Math.min(limit, newest) }, (_, index) => letterOf(newest - index));
      looked.push(found.length);
      return found as unknown as DeadLetterView[];
    },
  };
  const system = { hosts: [], letters } as unknown as ActorSystem;
  return { looked, view: createDeadLettersView(system, {} as Operations) };
}

test("a page may be short and yet have a next one, and all of them together have all letters", async () => {
  const { looked, view } = createView();
  const pages: number[][] = [];
  let next: string | undefined = String(LETTERS + 1);
  while (next !== undefined) {
    const page: Awaited<ReturnType<typeof view.deadLetters>> = await view.deadLetters({
      limit: 2,
      before: Number(next),
      type: "printer",
    });
    pages.push(page.items.map(({ id }) => id));
    ({ next } = page);
  }
  expect(pages.flat()).toEqual([5_000, 4_000, 3_000, 2_000, 1_000]);
  expect(looked.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(pages.length * 4 * 501);
});

test("without a filter no more is looked at than is shown, and whether there are more", async () => {
  const { looked, view } = createView();
  expect((await view.deadLetters({ limit: 3 })).next).toBe("4998");
  expect(looked).toEqual([4]);
});
