// The one owner of outbound bytes: whatever the kernel takes and when, they leave whole and in order.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { SharedValue } from "../core/shared-value.ts";
import { limits } from "../limits.ts";
import type { ByteSink, Protocol } from "../wire/protocol.ts";
import { type ByteOutlet, ConnectionWriter } from "./connection-writer.ts";
import { OutboundArena } from "./outbound-arena.ts";

/** Values are bytes and go out as they are. */
const plainBytes: Protocol<never, Uint8Array> = {
  name: "plain-bytes",
  createDecoder: () => {
    throw new Error("nothing is received here");
  },
  encode(value: Uint8Array, sink: ByteSink) {
    sink.reserve(value.length + 7);
    sink.bytes.set(value, sink.offset);
    sink.offset += value.length;
  },
  refusal: () => Buffer.alloc(0),
};

/** Takes as many bytes of each write as the next number says; then everything. */
class Outlet implements ByteOutlet {
  readonly taken: Buffer[] = [];
  takes: number[] = [];

  write(bytes: Uint8Array, offset: number, length: number): number {
    const count = Math.min(length, this.takes.shift() ?? length);
    if (count > 0) this.taken.push(Buffer.from(bytes.subarray(offset, offset + count)));
    return count;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.taken);
  }
}

function writerOn(arena: OutboundArena, budget = { queuedBytes: 0, heldBytes: 0 }): ConnectionWriter {
  return new ConnectionWriter(plainBytes as unknown as Protocol<never, never>, arena, budget);
}

/** What the next `write` calls take; -1 = the socket is closed. */
const takes = fc.array(fc.oneof(fc.integer({ min: -1, max: 50 }), fc.nat(5_000)), { maxLength: 12 });
const step = fc.record({
  sends: fc.array(
    fc.record({ connection: fc.nat(2), length: fc.oneof(fc.nat(60), fc.nat(3_000)), shared: fc.boolean() }),
    { maxLength: 12 },
  ),
  takes: fc.tuple(takes, takes, takes),
  drains: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
});

describe("a connection's writer", () => {
  test("lets the bytes of connections that share an arena out whole and in order, whatever each socket takes", () => {
    const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const arena = new OutboundArena();
      const budget = { queuedBytes: 0, heldBytes: 0 };
      const ends = [0, 1, 2].map(() => ({
        writer: writerOn(arena, budget),
        outlet: new Outlet(),
        sent: [] as Buffer[],
      }));
      let next = 0;
      for (const { sends, takes: taken, drains } of steps) {
        for (const { connection, length, shared } of sends) {
          const value = Buffer.from(Array.from({ length }, () => next++ % 251));
          const message = new SharedValue(value);
          for (const end of shared ? ends : ends.slice(connection, connection + 1)) {
            expect(shared ? end.writer.encodeShared(message) : end.writer.encode(value)).toBe(true);
            end.sent.push(value);
          }
        }
        ends.forEach(({ writer, outlet }, index) => {
          outlet.takes = [...(taken[index] as number[])];
          writer.flush(outlet);
          if (drains[index] === true) writer.drain(outlet);
          outlet.takes = [];
        });
        arena.bytes.fill(0xee);
        arena.reset();
        expect(budget.queuedBytes).toBe(ends.reduce((sum, { writer }) => sum + writer.queuedBytes, 0));
      }
      for (const { writer, outlet, sent } of ends) {
        writer.drain(outlet);
        expect(outlet.bytes.equals(Buffer.concat(sent))).toBe(true);
        expect(writer.bytesWritten).toBe(outlet.bytes.length);
        expect([writer.queuedBytes, writer.blocked]).toEqual([0, false]);
      }
      expect(budget.queuedBytes).toBe(0);
    });
    fc.assert(property, { numRuns: 150, seed: 11 });
  });

  test("keeps what was encoded before the arena was full, and what came after", () => {
    const arena = new OutboundArena();
    const [one, other] = [writerOn(arena), writerOn(arena)];
    const [outletOne, outletOther] = [new Outlet(), new Outlet()];
    const block = Buffer.alloc(300_000);
    const values = Array.from({ length: 10 }, (_, index) => Buffer.from(block.fill(index + 1)));
    for (const [index, value] of values.entries()) {
      const message = new SharedValue(value);
      const isShared = index % 3 === 0;
      for (const writer of [one, other])
        expect(isShared ? writer.encodeShared(message) : writer.encode(value)).toBe(true);
    }
    one.flush(outletOne);
    other.flush(outletOther);
    expect(outletOne.bytes.equals(Buffer.concat(values))).toBe(true);
    expect(outletOther.bytes.equals(Buffer.concat(values))).toBe(true);
  });

  test("joins what one step produced into one write, shared or not", () => {
    const arena = new OutboundArena();
    const writer = writerOn(arena);
    const outlet = new Outlet();
    for (let index = 0; index < 100; index++) {
      writer.encode(Buffer.from([index]));
      writer.encodeShared(new SharedValue(Buffer.from([index])));
    }
    writer.flush(outlet);
    expect(outlet.taken).toHaveLength(1);
  });

  test("joins what was sent to many, one thing after the other, into one write for each", () => {
    const arena = new OutboundArena();
    const writers = Array.from({ length: 10 }, () => writerOn(arena));
    const outlets = writers.map(() => new Outlet());
    const texts = Array.from({ length: 50 }, (_, index) => Buffer.from(`line ${index}\n`));
    for (const text of texts) {
      const shared = new SharedValue(text);
      for (const writer of writers) writer.encodeShared(shared);
    }
    for (const [index, writer] of writers.entries()) writer.flush(outlets[index] as Outlet);
    expect(outlets.map(({ taken }) => taken.length)).toEqual(writers.map(() => 1));
    expect(outlets.every(({ bytes }) => bytes.equals(Buffer.concat(texts)))).toBe(true);
  });

  test("joins up to a piece, and copies nothing that is larger alone", () => {
    const writer = writerOn(new OutboundArena());
    const outlet = new Outlet();
    const [half, large] = [Buffer.alloc(limits.outboundJoinedBytes / 2), Buffer.alloc(limits.outboundJoinedBytes + 1)];
    for (const value of [half, half, half, large, half]) writer.encodeShared(new SharedValue(value));
    writer.flush(outlet);
    const [two, one] = [2 * half.length, half.length];
    expect(outlet.taken.map(({ length }) => length)).toEqual([two, one, large.length, one]);
  });

  test("takes a value that is larger than the arena", () => {
    const arena = new OutboundArena();
    const writer = writerOn(arena);
    const outlet = new Outlet();
    const value = Buffer.alloc(limits.outboundArenaBytes + 5, 7);
    writer.encode(Buffer.from("before"));
    writer.encode(value);
    writer.flush(outlet);
    expect(outlet.bytes.length).toBe(value.length + 6);
  });

  test("says whether a drain took anything", () => {
    const writer = writerOn(new OutboundArena());
    const outlet = new Outlet();
    outlet.takes = [1, 0, 2];
    writer.encode(Buffer.from("abcd"));
    writer.flush(outlet);
    expect(writer.drain(outlet)).toBe(false);
    expect(writer.drain(outlet)).toBe(true);
    expect(outlet.bytes.toString()).toBe("abc");
    expect(writer.queuedBytes).toBe(1);
  });

  test("writes nothing behind bytes that still wait", () => {
    const arena = new OutboundArena();
    const writer = writerOn(arena);
    const outlet = new Outlet();
    outlet.takes = [1];
    writer.encode(Buffer.from("first"));
    writer.flush(outlet);
    writer.encode(Buffer.from("second"));
    writer.flush(outlet);
    expect(outlet.bytes.toString()).toBe("f");
    writer.drain(outlet);
    expect(outlet.bytes.toString()).toBe("firstsecond");
  });
});

/** A writer with so many bytes in its backlog. */
function backlogOf(bytes: number, budget = { queuedBytes: 0, heldBytes: 0 }): ConnectionWriter {
  const writer = writerOn(new OutboundArena(), budget);
  const outlet = new Outlet();
  outlet.takes = [0];
  writer.encode(Buffer.alloc(bytes));
  writer.flush(outlet);
  return writer;
}

describe("its marks and bounds", () => {
  test("it is above high water from one byte past the mark", () => {
    expect(backlogOf(limits.outboundHighWaterBytes).aboveHighWater).toBe(false);
    expect(backlogOf(limits.outboundHighWaterBytes + 1).aboveHighWater).toBe(true);
  });

  test("it is below low water at the mark, and not one byte past it", () => {
    expect(backlogOf(limits.outboundLowWaterBytes).belowLowWater).toBe(true);
    expect(backlogOf(limits.outboundLowWaterBytes + 1).belowLowWater).toBe(false);
  });

  test("while all connections together hold too much, its high-water mark is the low one", () => {
    const budget = { queuedBytes: 0, heldBytes: 0 };
    const writer = backlogOf(limits.outboundLowWaterBytes + 1, budget);
    expect(writer.aboveHighWater).toBe(false);
    budget.queuedBytes = limits.outboundTotalBytes + 1;
    expect(writer.aboveHighWater).toBe(true);
    expect(backlogOf(limits.outboundLowWaterBytes, budget).aboveHighWater).toBe(false);
  });

  test("it encodes up to its bound and refuses after it, leaving what it has as it was", () => {
    const writer = backlogOf(limits.outboundBytesMax);
    expect(writer.encode(Buffer.from("x"))).toBe(true);
    expect(writer.encode(Buffer.from("y"))).toBe(false);
    expect(writer.queuedBytes).toBe(limits.outboundBytesMax + 1);
  });

  test("the same bound holds for what is shared, which is not encoded past it", () => {
    const writer = backlogOf(limits.outboundBytesMax);
    expect(writer.encodeShared(new SharedValue(Buffer.from("x")))).toBe(true);
    const beyond = {
      value: Buffer.from("y"),
      encodedFor: () => {
        throw new Error("encoded past the bound");
      },
    };
    expect(writer.encodeShared(beyond)).toBe(false);
    expect(writer.queuedBytes).toBe(limits.outboundBytesMax + 1);
  });

  test("lists that are used again are kept up to a limit, however many connections write in one step", () => {
    const arena = new OutboundArena();
    const writers = Array.from({ length: limits.spareListsMax + 10 }, () => writerOn(arena));
    for (const writer of writers) writer.encode(Buffer.from("x"));
    for (const writer of writers) writer.flush(new Outlet());
    expect(arena.spareLists.length).toBe(limits.spareListsMax);
  });

  test("abandoned in the middle of a write, it holds nothing either, and takes nothing of another's", () => {
    const budget = { queuedBytes: 0, heldBytes: 0 };
    const arena = new OutboundArena();
    const [writer, other] = [writerOn(arena, budget), writerOn(arena, budget)];
    const written: number[] = [];
    const closing = {
      write(bytes: Uint8Array, offset: number) {
        written.push(bytes[offset] ?? -1);
        writer.abandon();
        other.encode(Buffer.alloc(10, 2));
        return -1;
      },
    };
    writer.encode(Buffer.alloc(limits.outboundJoinedBytes, 1));
    writer.encodeShared(new SharedValue(Buffer.alloc(limits.outboundJoinedBytes, 3)));
    writer.flush(closing);
    expect(written).toEqual([1]);
    expect([budget.queuedBytes, writer.queuedBytes, writer.blocked, other.queuedBytes]).toEqual([0, 0, false, 10]);
  });

  test("abandoned, it holds nothing and gives its share of the budget back", () => {
    const budget = { queuedBytes: 0, heldBytes: 0 };
    const writer = backlogOf(1_000, budget);
    writer.encode(Buffer.from("pending"));
    writer.abandon();
    writer.abandon();
    expect([writer.queuedBytes, budget.queuedBytes, writer.blocked]).toEqual([0, 0, false]);
  });
});

describe("what the kernel does not take", () => {
  test("leaves in few writes, however many small replies it was", () => {
    const arena = new OutboundArena();
    const writer = writerOn(arena);
    const outlet = new Outlet();
    const sent: Buffer[] = [];
    for (let reply = 0; reply < 5_000; reply++) {
      sent.push(Buffer.from(`reply ${reply};`));
      writer.encode(sent.at(-1));
      outlet.takes = [0];
      writer.flush(outlet);
      arena.reset();
    }
    outlet.takes = [];
    expect(writer.drain(outlet)).toBe(true);
    expect(outlet.bytes.equals(Buffer.concat(sent))).toBe(true);
    expect(outlet.taken.length).toBeLessThan(30);
  });

  test("is kept in pieces that are bounded, however much it is", () => {
    const arena = new OutboundArena();
    const writer = writerOn(arena);
    const outlet = new Outlet();
    const reply = Buffer.alloc(100, 1);
    for (let count = 0; count < 10_000; count++) {
      writer.encode(reply);
      outlet.takes = [0];
      writer.flush(outlet);
      arena.reset();
    }
    outlet.takes = [];
    writer.drain(outlet);
    const lengths = outlet.taken.map((piece) => piece.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(limits.backlogPieceBytes);
    expect(lengths.length).toBeLessThan(30);
    expect(outlet.bytes.length).toBe(1_000_000);
  });
});
