// The bytes of the requests: one frame after the other, each with its id, as many as fit.

import { describe, expect, test } from "bun:test";

import { REQUEST_BLOCK_BYTES } from "./limits.ts";
import { RequestBlock, requestHead } from "./request-block.ts";

interface Frame {
  readonly magic: number;
  readonly type: number;
  readonly payload: unknown;
}

function framesOf(block: RequestBlock): Frame[] {
  const frames: Frame[] = [];
  for (let offset = 0; offset < block.lengthBytes;) {
    const end = offset + 12 + block.bytes.readUInt32BE(offset + 8);
    const payload: unknown = JSON.parse(block.bytes.toString("utf8", offset + 12, end));
    frames.push({ magic: block.bytes.readUInt32BE(offset), type: block.bytes.readUInt32BE(offset + 4), payload });
    offset = end;
  }
  return frames;
}

describe("a block of requests", () => {
  test("holds what the documents show, to the field", () => {
    const block = new RequestBlock("Hello from client");
    block.fill(requestHead("client_1_4765"), 1, 1, 1_752_846_296_406);
    const payload =
      '{"client_id":"client_1_4765","message_id":1,"timestamp":1752846296.406,"data":"Hello from client"}';
    expect(block.bytes.toString("utf8", 12, block.lengthBytes)).toBe(payload);
    expect(framesOf(block)).toMatchObject([{ magic: 0x12345678, type: 1 }]);
  });

  test.each([1, 9, 99, 999_999, 9_999_999])("counts on from message id %d", (firstId) => {
    const block = new RequestBlock("");
    expect(block.fill(requestHead("client_1_4765"), firstId, 3, 0)).toBe(3);
    const ids = framesOf(block).map((frame) => frame.payload);
    expect(ids).toMatchObject([0, 1, 2].map((step) => ({ message_id: firstId + step })));
  });

  test("keeps text that needs escapes and several bytes", () => {
    const data = 'Olá, "mundo"\n📮';
    const block = new RequestBlock(data);
    block.fill(requestHead("client_1_4765"), 1, 1, 0);
    expect(framesOf(block)).toMatchObject([{ payload: { data } }]);
  });

  test("stops when it is full, at the end of a request", () => {
    const block = new RequestBlock("x".repeat(10_000));
    const count = block.fill(requestHead("client_1_4765"), 1, 1_000, 0);
    expect(count).toBeLessThan(30);
    expect(framesOf(block).length).toBe(count);
    expect(block.lengthBytes).toBeLessThanOrEqual(REQUEST_BLOCK_BYTES);
  });

  test("holds one request that is larger than a block usually is", () => {
    const block = new RequestBlock("x".repeat(REQUEST_BLOCK_BYTES * 2));
    expect(block.fill(requestHead("client_1_4765"), 1, 5, 0)).toBe(1);
    expect(framesOf(block).length).toBe(1);
  });
});
