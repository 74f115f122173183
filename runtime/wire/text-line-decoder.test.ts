// The decoder of lines: the same lines on any split, each with its ending, and none longer than a line may be.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { feed, singleBytes, splitAt, takeAll } from "./test-frames.ts";
import type { TextBatch } from "./text-batch.ts";
import { TextLineDecoder } from "./text-line-decoder.ts";

const createDecoder = (): TextLineDecoder => new TextLineDecoder([]);
const createPatient = (): TextLineDecoder => new TextLineDecoder([], { silenceEnds: false });
const lines = ["ECHO\n", "TIME\r\n", "\n", "SAY lobby olá, é você?\r\n", "\r\n", "a\rb\n", "nul \0 too\n"];
const stream = Buffer.from(lines.join(""));
const LONGEST = "x".repeat(limits.textLineBytesMax);
const TOO_LONG = `${LONGEST}x`;

describe("a stream of lines", () => {
  test("gives them in order, each with the ending it came with", () => {
    expect(feed(createDecoder(), [stream])).toEqual(lines);
  });

  test("gives the same one octet at a time", () => {
    expect(feed(createDecoder(), singleBytes(stream))).toEqual(lines);
  });

  test("gives the same at each single split, that of CRLF too", () => {
    for (let offset = 1; offset < stream.length; offset++) {
      expect(feed(createDecoder(), splitAt(stream, [offset]))).toEqual(lines);
    }
  });

  test("counts what has no ending yet, and gives it out to nobody", () => {
    const decoder = createDecoder();
    expect(feed(decoder, [stream, Buffer.from("ECHO")])).toEqual(lines);
    expect(decoder).toMatchObject({ partialBytes: 4, holding: false, fault: undefined, finished: false });
    expect(feed(decoder, [Buffer.from(" oi\n")])).toEqual(["ECHO oi\n"]);
    expect(decoder.partialBytes).toBe(0);
  });

  test("octets that are not UTF-8 become U+FFFD and disturb no other line", () => {
    const broken = Buffer.concat([Buffer.from([0x61, 0xff, 0x62, 0x0a]), Buffer.from("next\n")]);
    expect(feed(createDecoder(), [broken])).toEqual(["a\uFFFDb\n", "next\n"]);
    expect(feed(createDecoder(), singleBytes(broken))).toEqual(["a\uFFFDb\n", "next\n"]);
  });
});

describe("a line without an ending", () => {
  test("is one when it is flushed", () => {
    const decoder = createDecoder();
    expect(feed(decoder, [Buffer.from("TIME\nEC"), Buffer.from("HO")])).toEqual(["TIME\n"]);
    decoder.flush();
    expect(decoder).toMatchObject({ holding: true, partialBytes: 0 });
    expect(takeAll(decoder)).toEqual(["ECHO"]);
    expect(decoder.holding).toBe(false);
  });

  test("waits for room as any other, though it is flushed again", () => {
    const decoder = createDecoder();
    feed(decoder, [Buffer.from("ECHO")]);
    decoder.flush();
    expect(decoder.next(0)).toBeUndefined();
    decoder.flush();
    expect(takeAll(decoder)).toEqual(["ECHO"]);
  });

  test("is followed by an empty one when its ending comes after all", () => {
    const decoder = createDecoder();
    feed(decoder, [Buffer.from("ECHO\r")]);
    decoder.flush();
    expect(takeAll(decoder)).toEqual(["ECHO\r"]);
    expect(feed(decoder, [Buffer.from("\nTIME\n")])).toEqual(["\n", "TIME\n"]);
  });

  test("is none where nothing came", () => {
    const decoder = createDecoder();
    decoder.flush();
    expect(feed(decoder, [Buffer.from("ECHO\n")])).toEqual(["ECHO\n"]);
    decoder.flush();
    expect(takeAll(decoder)).toEqual([]);
  });
});

describe("where silence ends no line", () => {
  test("what has no ending stays part of one, however often it is flushed", () => {
    const decoder = createPatient();
    expect(feed(decoder, [Buffer.from("TIME\nEC")])).toEqual(["TIME\n"]);
    for (let round = 0; round < 2; round++) {
      decoder.flush();
      expect(takeAll(decoder)).toEqual([]);
    }
    expect(decoder).toMatchObject({ partialBytes: 2, holding: false, quietMs: undefined, fault: undefined });
    expect(feed(decoder, [Buffer.from("HO\r\n")])).toEqual(["ECHO\r\n"]);
  });

  test("what is cut in any way is the same lines", () => {
    for (const chunks of [[stream], singleBytes(stream)]) expect(feed(createPatient(), chunks)).toEqual(lines);
  });

  test("the longest line is one, and an octet more is a fault", () => {
    expect(feed(createPatient(), [Buffer.from(`${LONGEST}\n`)])).toEqual([`${LONGEST}\n`]);
    const decoder = createPatient();
    expect(feed(decoder, [Buffer.from(TOO_LONG)])).toEqual([]);
    expect(decoder.fault).toBe("wire.line_too_long");
  });
});

describe("the longest line", () => {
  test.each([
    ["with LF", `${LONGEST}\n`],
    ["with CRLF", `${LONGEST}\r\n`],
  ])("%s is a line, however it is cut", (_, line) => {
    const bytes = Buffer.from(line);
    for (const chunks of [[bytes], singleBytes(bytes), splitAt(bytes, [4_096]), splitAt(bytes, [4_097])]) {
      expect(feed(createDecoder(), chunks)).toEqual([line]);
    }
  });

  test("without an ending is one when it is flushed", () => {
    const decoder = createDecoder();
    feed(decoder, [Buffer.from(LONGEST)]);
    decoder.flush();
    expect(takeAll(decoder)).toEqual([LONGEST]);
  });

  test.each([
    ["with LF", `${TOO_LONG}\n`],
    ["with CRLF", `${TOO_LONG}\r\n`],
    ["without an ending", TOO_LONG],
    ["with carriage returns", `${LONGEST}\r\r\n`],
  ])("and one octet more is a fault, %s", (_, line) => {
    const bytes = Buffer.concat([Buffer.from("TIME\n"), Buffer.from(line)]);
    for (const chunks of [[bytes], singleBytes(bytes), splitAt(bytes, [4_000]), splitAt(bytes, [4_102])]) {
      const decoder = createDecoder();
      expect(feed(decoder, [...chunks, Buffer.from("TIME\n")])).toEqual(["TIME\n"]);
      expect(decoder).toMatchObject({ fault: "wire.line_too_long", holding: false, partialBytes: 0 });
    }
  });

  test("and a carriage return that nothing follows is a fault when it is flushed", () => {
    const decoder = createDecoder();
    feed(decoder, [Buffer.from(`${LONGEST}\r`)]);
    expect(decoder.fault).toBeUndefined();
    decoder.flush();
    expect(takeAll(decoder)).toEqual([]);
    expect(decoder.fault).toBe("wire.line_too_long");
  });

  test("is what the first octet too many is refused at: no more is gathered", () => {
    const decoder = createDecoder();
    feed(decoder, singleBytes(Buffer.from(LONGEST)));
    expect(decoder.partialBytes).toBe(limits.textLineBytesMax);
    feed(decoder, [Buffer.from("x")]);
    expect(decoder.fault).toBe("wire.line_too_long");
  });
});

describe("batches", () => {
  test("hold countMax lines at most; the chunk is held until the rest is asked for", () => {
    const decoder = createDecoder();
    decoder.push(Buffer.from("one\ntwo\nthree"), 7);
    expect(decoder.next(0)).toBeUndefined();
    const batch = decoder.next(1) as TextBatch;
    expect(batch).toMatchObject({ remaining: 1, arrivedMs: 7, bytes: 4 });
    expect(batch.take()).toBe("one\n");
    expect(decoder.holding).toBe(true);
    expect(takeAll(decoder)).toEqual(["two\n"]);
    expect(decoder).toMatchObject({ holding: false, partialBytes: 5 });
  });

  test("hold textsPerBatch lines at most, whatever is asked for", () => {
    const decoder = createDecoder();
    decoder.push(Buffer.from("x\n".repeat(limits.textsPerBatch + 1)), 0);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)?.remaining).toBe(limits.textsPerBatch);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)?.remaining).toBe(1);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });

  test("released ones are used again, by every decoder that shares the spares, up to the bound", () => {
    const spares: TextBatch[] = [];
    const [left, right] = [new TextLineDecoder(spares), new TextLineDecoder(spares)];
    left.push(Buffer.from("left\nunread\n"), 0);
    const batch = left.next(10) as TextBatch;
    batch.release();
    right.push(Buffer.from("right\n"), 0);
    expect(right.next(10)).toBe(batch);
    expect([batch.remaining, batch.take()]).toEqual([1, "right\n"]);
    for (let index = 0; index <= limits.spareBatchesMax; index++) batch.release();
    expect(spares).toHaveLength(limits.spareBatchesMax);
  });

  test("a line that was cut lies in memory of its own: the chunk is free for others", () => {
    const decoder = createDecoder();
    const chunk = Buffer.from("a cut li");
    decoder.push(chunk, 0);
    expect(decoder.next(10)).toBeUndefined();
    chunk.fill(0);
    expect(feed(decoder, [Buffer.from("ne\n")])).toEqual(["a cut line\n"]);
  });
});
