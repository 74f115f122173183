// Messages that wait for room: in order, bounded in count and octets, and nothing kept of those that have gone.
import { describe, expect, test } from "bun:test";

import type { MessageBatch } from "../core/ports.ts";
import { limits } from "../limits.ts";
import { MessageQueue } from "./message-queue.ts";

/** A mailbox with so much room, which tells of every message that it gets. */
function queueInFrontOf(room: number) {
  const mailbox = { room, bytes: 0 };
  const put: string[] = [];
  const heard = { moved: (): void => undefined, depth: 0, depthMax: 0 };
  const putBatch = (batch: MessageBatch): void => {
    mailbox.room--;
    put.push(batch.take() as string);
    heard.depthMax = Math.max(heard.depthMax, ++heard.depth);
    heard.moved();
    heard.depth--;
  };
  const stats = { messagesIn: 0 };
  const queue = new MessageQueue({ mailbox, putBatch }, stats);
  const add = (text: string, bytes = 1): boolean => queue.add({ text, bytes, arrivedMs: 0 });
  return { queue, mailbox, put, heard, stats, add };
}

describe("messages on their way into a mailbox", () => {
  test("go there at once while it has room, and wait in order when it has none", () => {
    const { queue, mailbox, put, stats, add } = queueInFrontOf(2);
    for (const text of ["a", "b", "c", "d"]) expect(add(text)).toBe(true);
    expect([put, queue.count, queue.room]).toEqual([["a", "b"], 2, 0]);
    mailbox.room = 5;
    queue.handOn();
    expect([put, queue.count, queue.room]).toEqual([["a", "b", "c", "d"], 0, 3]);
    expect(stats.messagesIn).toBe(4);
  });

  test("are not taken beyond messagesWaitingMax", () => {
    const { queue, add } = queueInFrontOf(0);
    for (let count = 0; count < limits.messagesWaitingMax; count++) expect(add("x")).toBe(true);
    expect(add("x")).toBe(false);
    expect(queue.count).toBe(limits.messagesWaitingMax);
  });

  test("are not taken beyond messagesWaitingBytesMax, and that room comes back", () => {
    const { queue, mailbox, add } = queueInFrontOf(0);
    expect(add("x", limits.messagesWaitingBytesMax)).toBe(true);
    expect(add("y", 1)).toBe(false);
    mailbox.room = 1;
    queue.handOn();
    expect(add("y", limits.messagesWaitingBytesMax)).toBe(true);
  });

  test("are handed on by one call, however often the mailbox says that it moved", () => {
    const { queue, mailbox, put, heard, add } = queueInFrontOf(0);
    heard.moved = () => queue.handOn();
    for (let count = 0; count < 200; count++) add(String(count));
    mailbox.room = 200;
    queue.handOn();
    expect(put).toHaveLength(200);
    expect(heard.depthMax).toBe(1);
  });
});
