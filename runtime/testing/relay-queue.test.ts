// What is on its way beside a list that is sorted anew each time.
import { expect, test } from "bun:test";

import * as fc from "fast-check";

import { DueQueue, type Waiting } from "./relay-queue.ts";

const steps = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }), { maxLength: 200 });
const bytes = new Uint8Array(0);

test("the earliest leaves first, and of those due at once the one that came first", () => {
  fc.assert(
    fc.property(steps, (due) => {
      const queue = new DueQueue();
      let model: Waiting[] = [];
      for (const dueMs of due) {
        if (dueMs === undefined) {
          expect(queue.shift()).toBe(model.shift() as Waiting);
        } else {
          const waiting = { dueMs, bytes, arrive: () => undefined };
          queue.push(waiting);
          model = [...model, waiting].sort((one, other) => one.dueMs - other.dueMs);
        }
        expect(queue.size).toBe(model.length);
        expect(queue.peek()).toBe(model[0] as Waiting);
      }
    }),
  );
});

test("nothing is left of what was cleared", () => {
  const queue = new DueQueue();
  queue.push({ dueMs: 1, bytes, arrive: () => undefined });
  queue.clear();
  expect([queue.size, queue.peek(), queue.shift()]).toEqual([0, undefined, undefined]);
});
