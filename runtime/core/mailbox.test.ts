// The two bounds of a mailbox, at the limit and one past it, and that nothing is lost or counted twice.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { BatchStandIn } from "../testing/connection-stand-in.ts";
import { Envelope } from "./envelope.ts";
import { Mailbox, type MailboxItem } from "./mailbox.ts";

const envelope = (input: unknown = undefined): Envelope =>
  new Envelope({ name: "note", kind: "write", handler: () => undefined }, input, "test/1");

const batch = (messages: number, bytes: number): BatchStandIn =>
  new BatchStandIn(Array.from({ length: messages }), bytes);

/** Takes the message at the head as a cell does. */
function take(mailbox: Mailbox): unknown {
  const item = mailbox.peek();
  if (item instanceof Envelope) {
    mailbox.shiftEnvelope();
    return item.input;
  }
  const message = item?.take();
  mailbox.taken(1);
  if (item?.remaining === 0) mailbox.shiftBatch(item);
  return message;
}

describe("a mailbox", () => {
  test("takes messages up to its capacity", () => {
    const mailbox = new Mailbox(3, 100);
    expect([1, 2, 3].map(() => mailbox.offer(envelope()))).toEqual([true, true, true]);
  });

  test("refuses the message past its capacity and keeps nothing of it", () => {
    const mailbox = new Mailbox(1, 100);
    mailbox.offer(envelope());
    expect([mailbox.offer(envelope()), mailbox.count]).toEqual([false, 1]);
  });

  test("takes messages again when one was taken", () => {
    const mailbox = new Mailbox(1, 100);
    mailbox.offer(envelope());
    take(mailbox);
    expect(mailbox.offer(envelope())).toBe(true);
  });

  test("has room while it holds one byte less than its bound", () => {
    const mailbox = new Mailbox(10, 100);
    mailbox.putBatch(batch(1, 99));
    expect(mailbox.room).toBe(9);
  });

  test("has no room when it holds as many bytes as its bound", () => {
    const mailbox = new Mailbox(10, 100);
    mailbox.putBatch(batch(1, 100));
    expect([mailbox.room, mailbox.offer(envelope())]).toEqual([0, false]);
  });

  test("takes a batch that passes the bound on bytes whole, and is full until it is handled", () => {
    const mailbox = new Mailbox(10, 100);
    mailbox.putBatch(batch(2, 1_000));
    expect([mailbox.bytes, mailbox.room]).toEqual([1_000, 0]);
  });

  test("counts a batch's bytes whole until its last message is taken", () => {
    const mailbox = new Mailbox(10, 100);
    mailbox.putBatch(batch(2, 60));
    take(mailbox);
    expect([mailbox.count, mailbox.bytes]).toEqual([1, 60]);
  });

  test("counts none of a batch's bytes when its last message is taken, and gives it back once", () => {
    const mailbox = new Mailbox(10, 100);
    const handled = batch(2, 60);
    mailbox.putBatch(handled);
    take(mailbox);
    take(mailbox);
    expect([mailbox.count, mailbox.bytes, handled.released]).toEqual([0, 0, 1]);
  });

  test("takes a lifecycle message though it is full", () => {
    const mailbox = new Mailbox(1, 100);
    mailbox.offer(envelope());
    mailbox.put(envelope());
    expect(mailbox.count).toBe(2);
  });

  test("is still full, not less than full, when a lifecycle message passed its capacity", () => {
    const mailbox = new Mailbox(1, 100);
    mailbox.offer(envelope());
    mailbox.put(envelope());
    expect([mailbox.room, mailbox.offer(envelope())]).toEqual([0, false]);
  });

  test("shows all that it drops, in order, and how many messages that was", () => {
    const mailbox = new Mailbox(10, 100);
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
    const mailbox = new Mailbox(10, 100);
    mailbox.putBatch(batch(3, 100));
    mailbox.clear(() => undefined);
    expect([mailbox.count, mailbox.bytes, mailbox.room, mailbox.peek()]).toEqual([0, 0, 10, undefined]);
  });

  test("hands out messages in the order they came, whether alone or in batches", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, (groups) => {
        const mailbox = new Mailbox(1_000, 1_000);
        let next = 0;
        for (const size of groups) {
          if (size === 0) mailbox.offer(envelope(next++));
          else mailbox.putBatch(new BatchStandIn(Array.from({ length: size }, () => next++)));
        }
        const order = Array.from({ length: mailbox.count }, () => take(mailbox));
        expect(order).toEqual(Array.from({ length: next }, (_, index) => index));
        expect([mailbox.count, mailbox.bytes]).toEqual([0, 0]);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
