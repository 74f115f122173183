// The bounds and the lanes of a mailbox, at the limit and one past it, and that nothing is lost or counted twice.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { BatchStandIn } from "../testing/connection-stand-in.ts";
import { Envelope } from "./envelope.ts";
import { Mailbox, type MailboxItem } from "./mailbox.ts";

const method = { name: "note", kind: "write", index: 0, definedAt: "", handler: () => undefined } as const;

function envelope(input: unknown = undefined, bytes = 0): Envelope {
  const made = new Envelope(method, input);
  made.bytes = bytes;
  return made;
}

const batch = (messages: number, bytes: number): BatchStandIn =>
  new BatchStandIn(Array.from({ length: messages }), bytes);

const bounded = (capacity: number, bytesMax: number): Mailbox => new Mailbox({ capacity, bytesMax });

/** Takes the message at the head as a cell does. */
function take(mailbox: Mailbox): unknown {
  const item = mailbox.peek();
  if (item === undefined) return undefined;
  if (!(item instanceof Envelope)) return mailbox.shiftMessage(item);
  mailbox.shift(item);
  return item.input;
}

function takeAll(mailbox: Mailbox): unknown[] {
  return Array.from({ length: mailbox.count }, () => take(mailbox));
}

describe("a mailbox", () => {
  test("takes messages up to its capacity", () => {
    const mailbox = bounded(3, 100);
    expect([1, 2, 3].map(() => mailbox.offer(envelope()))).toEqual([true, true, true]);
  });

  test("refuses the message past its capacity and keeps nothing of it", () => {
    const mailbox = bounded(1, 100);
    mailbox.offer(envelope("first"));
    expect([mailbox.offer(envelope("second", 7)), mailbox.count, mailbox.bytes]).toEqual([false, 1, 0]);
    expect(takeAll(mailbox)).toEqual(["first"]);
  });

  test("takes messages again when one was taken", () => {
    const mailbox = bounded(1, 100);
    mailbox.offer(envelope());
    take(mailbox);
    expect(mailbox.offer(envelope())).toBe(true);
  });

  test("keeps of its capacity for calls what its type says: a connection does not fill that", () => {
    const mailbox = new Mailbox({ capacity: 3, bytesMax: 100, keptForCalls: 1 });
    mailbox.putBatch(batch(2, 2));
    expect([mailbox.room, mailbox.offer(envelope()), mailbox.offer(envelope())]).toEqual([0, true, false]);
  });

  test("keeps that room however many bytes a connection has brought", () => {
    const mailbox = new Mailbox({ capacity: 3, bytesMax: 100, keptForCalls: 1 });
    mailbox.putBatch(batch(1, 200));
    expect([mailbox.room, mailbox.offer(envelope())]).toEqual([0, true]);
  });

  test("has room while it holds one byte less than its bound", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(batch(1, 99));
    expect(mailbox.room).toBe(9);
  });

  test("has no room when it holds as many bytes as its bound", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(batch(1, 100));
    expect([mailbox.room, mailbox.offer(envelope())]).toEqual([0, false]);
  });

  test("takes a batch that passes the bound on bytes whole, and is full until it is handled", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(batch(2, 1_000));
    expect([mailbox.bytes, mailbox.room]).toEqual([1_000, 0]);
  });

  test("counts a batch's bytes whole until its last message is taken", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(batch(2, 60));
    take(mailbox);
    expect([mailbox.count, mailbox.bytes]).toEqual([1, 60]);
  });

  test("counts none of a batch's bytes when its last message is taken, and gives it back once", () => {
    const mailbox = bounded(10, 100);
    const handled = batch(2, 60);
    mailbox.putBatch(handled);
    take(mailbox);
    take(mailbox);
    expect([mailbox.count, mailbox.bytes, handled.released]).toEqual([0, 0, 1]);
  });

  test("counts the bytes of an envelope while it waits", () => {
    const mailbox = bounded(10, 100);
    mailbox.offer(envelope("text", 60));
    expect(mailbox.bytes).toBe(60);
    take(mailbox);
    expect(mailbox.bytes).toBe(0);
  });

  test("takes one envelope that passes the bound on bytes, and none behind it", () => {
    const mailbox = bounded(10, 100);
    expect([99, 50, 1].map((bytes) => mailbox.offer(envelope("text", bytes)))).toEqual([true, true, false]);
  });

  test("counts the bytes of what is never refused, too, and only while it waits", () => {
    const mailbox = bounded(10, 100);
    mailbox.putControl(envelope("control", 30));
    mailbox.putLast(envelope("last", 70));
    expect([mailbox.bytes, mailbox.room]).toEqual([100, 0]);
    takeAll(mailbox);
    expect(mailbox.bytes).toBe(0);
  });

  test("takes the last message of a session though it is full", () => {
    const mailbox = bounded(1, 100);
    mailbox.offer(envelope("first"));
    mailbox.putLast(envelope("last"));
    expect([mailbox.count, takeAll(mailbox)]).toEqual([2, ["first", "last"]]);
  });

  test("is still full, not less than full, when a last message passed its capacity", () => {
    const mailbox = bounded(1, 100);
    mailbox.offer(envelope());
    mailbox.putLast(envelope());
    expect([mailbox.room, mailbox.offer(envelope())]).toEqual([0, false]);
  });

  test("finds the first waiting envelope that fits, past batches, and takes nothing", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(batch(1, 1));
    const items = ["a", "b", "b"].map((input) => envelope(input));
    for (const item of items) mailbox.offer(item);
    expect(mailbox.find(({ input }) => input === "b")).toBe(items[1] as Envelope);
    expect([mailbox.find(({ input }) => input === "c"), mailbox.count]).toEqual([undefined, 4]);
  });

  test("shows all that it drops, in order, and how many messages that was", () => {
    const mailbox = bounded(10, 100);
    const items: MailboxItem[] = [envelope(), batch(3, 30), envelope()];
    for (const item of items) {
      if (item instanceof Envelope) mailbox.offer(item);
      else mailbox.putBatch(item);
    }
    const seen: MailboxItem[] = [];
    expect(mailbox.clear((item) => void seen.push(item))).toBe(5);
    expect(seen).toEqual(items);
  });

  test("is empty when it was cleared", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(batch(3, 100));
    mailbox.putControl(envelope());
    mailbox.clear(() => undefined);
    expect([mailbox.count, mailbox.bytes, mailbox.room, mailbox.peek()]).toEqual([0, 0, 10, undefined]);
    mailbox.offer(envelope("after"));
    expect(takeAll(mailbox)).toEqual(["after"]);
  });

  test("may be filled again by whoever is shown what it drops", () => {
    const mailbox = bounded(10, 100);
    for (const input of ["a", "b"]) mailbox.offer(envelope(input));
    mailbox.clear((item) => mailbox.offer(item as Envelope));
    expect([mailbox.count, takeAll(mailbox)]).toEqual([2, ["a", "b"]]);
  });

  test("keeps no way from a message that was taken or dropped to those behind it", () => {
    const mailbox = bounded(10, 100);
    const items: MailboxItem[] = [envelope(), batch(1, 1), envelope(), envelope()];
    for (const item of items) {
      if (item instanceof Envelope) mailbox.offer(item);
      else mailbox.putBatch(item);
    }
    take(mailbox);
    take(mailbox);
    mailbox.clear(() => undefined);
    expect(items.map(({ next }) => next)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("the control lane of a mailbox", () => {
  test("goes before all that waits, in its own order", () => {
    const mailbox = bounded(10, 100);
    mailbox.offer(envelope("normal 1"));
    mailbox.putControl(envelope("control 1"));
    mailbox.offer(envelope("normal 2"));
    mailbox.putControl(envelope("control 2"));
    expect(takeAll(mailbox)).toEqual(["control 1", "control 2", "normal 1", "normal 2"]);
  });

  test("takes a message though the mailbox is full", () => {
    const mailbox = bounded(1, 100);
    mailbox.offer(envelope("normal"));
    mailbox.putControl(envelope("control"));
    expect([mailbox.count, mailbox.room, takeAll(mailbox)]).toEqual([2, 0, ["control", "normal"]]);
  });

  test("goes before the rest of a batch that is being handled", () => {
    const mailbox = bounded(10, 100);
    mailbox.putBatch(new BatchStandIn(["message 1", "message 2"]));
    take(mailbox);
    mailbox.putControl(envelope("control"));
    expect(takeAll(mailbox)).toEqual(["control", "message 2"]);
  });
});

type Arrival = "offer" | "control" | "batch of 3" | "take";

describe("whatever comes and goes", () => {
  test("hands out messages in the order they came, whether alone or in batches", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, (groups) => {
        const mailbox = bounded(1_000, 1_000);
        let next = 0;
        for (const size of groups) {
          if (size === 0) mailbox.offer(envelope(next++));
          else mailbox.putBatch(new BatchStandIn(Array.from({ length: size }, () => next++)));
        }
        const order = takeAll(mailbox);
        expect(order).toEqual(Array.from({ length: next }, (_, index) => index));
        expect([mailbox.count, mailbox.bytes]).toEqual([0, 0]);
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test("is two lists, control before normal, each in order", () => {
    const arrivals = fc.array(fc.constantFrom<Arrival>("offer", "control", "batch of 3", "take"), { maxLength: 60 });
    fc.assert(
      fc.property(arrivals, (steps) => {
        const mailbox = bounded(1_000, 1_000);
        const lanes = { control: [] as number[], normal: [] as number[] };
        let next = 0;
        for (const step of steps) {
          const number = next++;
          const numbers = step === "batch of 3" ? [number, number, number] : [number];
          if (step === "take") expect(take(mailbox)).toBe(lanes.control.shift() ?? lanes.normal.shift());
          else if (step === "control") mailbox.putControl(envelope(number, 3));
          else if (step === "offer") mailbox.offer(envelope(number, 2));
          else mailbox.putBatch(new BatchStandIn(numbers));
          if (step !== "take") lanes[step === "control" ? "control" : "normal"].push(...numbers);
          expect(mailbox.count).toBe(lanes.control.length + lanes.normal.length);
        }
        expect(takeAll(mailbox)).toEqual([...lanes.control, ...lanes.normal]);
        expect([mailbox.count, mailbox.bytes]).toEqual([0, 0]);
      }),
      { seed: 14, numRuns: 300 },
    );
  });
});
