// Octets that are gathered: what comes out is what went in, and memory follows what came.
import { describe, expect, test } from "bun:test";

import { GatheredOctets } from "./gathered-octets.ts";

const text = Buffer.from("0123456789");

describe("gathered octets", () => {
  test("are those that were appended, in order, wherever they stood", () => {
    const gathered = new GatheredOctets(4);
    gathered.append(text, 2, 5, 100);
    gathered.append(text, 0, 0, 100);
    gathered.append(text, 9, 10, 100);
    gathered.append(text, 0, 10, 100);
    expect([gathered.filled, gathered.takeOver().toString()]).toEqual([14, "23490123456789"]);
  });

  test("do not change with the chunk that they came in", () => {
    const gathered = new GatheredOctets(4);
    const chunk = Buffer.from(text);
    gathered.append(chunk, 0, 3, 100);
    chunk.fill(0);
    expect(gathered.takeOver().toString()).toBe("012");
  });

  test("are forgotten when they are taken over, and what was taken stays as it is", () => {
    const gathered = new GatheredOctets(16);
    gathered.append(text, 0, 3, 100);
    const taken = gathered.takeOver();
    gathered.append(text, 5, 8, 100);
    expect([taken.toString(), gathered.filled, gathered.takeOver().toString()]).toEqual(["012", 3, "567"]);
  });

  test("may be taken over in part: the rest is forgotten", () => {
    const gathered = new GatheredOctets(16);
    gathered.append(text, 0, 10, 100);
    expect([gathered.takeOver(4).toString(), gathered.filled]).toEqual(["0123", 0]);
  });

  test("take memory that doubles, from the first capacity up to what the whole may have", () => {
    const gathered = new GatheredOctets(8);
    const capacities = Array.from({ length: 100 }, () => {
      gathered.append(text, 0, 1, 100);
      return gathered.octets.length;
    });
    expect([...new Set(capacities)]).toEqual([8, 16, 32, 64, 100]);
    expect(gathered.takeOver().toString()).toBe("0".repeat(100));
  });

  test("take no more than they need at once, where that is more than double", () => {
    const gathered = new GatheredOctets(2);
    gathered.append(text, 0, 10, 1_000_000);
    expect(gathered.octets.length).toBe(10);
  });
});
