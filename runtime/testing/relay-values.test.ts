// Numbers with units, as a person types them.
import { expect, test } from "bun:test";

import { parseValue, type ValueKind, wantedValue } from "./relay-values.ts";

test.each<[ValueKind, string, number]>([
  ["probability", "0.05", 0.05],
  ["probability", "5%", 0.05],
  ["probability", "1", 1],
  ["milliseconds", "20", 20],
  ["milliseconds", "20ms", 20],
  ["milliseconds", "1.5s", 1_500],
  ["milliseconds", "3600s", 3_600_000],
  ["bitsPerSecond", "64000", 64_000],
  ["bitsPerSecond", "1mbit", 1e6],
  ["bitsPerSecond", "2.5Gbit", 2.5e9],
  ["bytes", "64k", 65_536],
  ["bytes", "1m", 1_048_576],
  ["whole", "4294967295", 2 ** 32 - 1],
])("a %s of %s is %p", (kind, text, value) => {
  expect(parseValue(kind, text)).toBe(value);
});

test.each<[ValueKind, string]>([
  ["probability", "1.01"],
  ["probability", "101%"],
  ["probability", "-0.1"],
  ["probability", ""],
  ["probability", "0x1"],
  ["milliseconds", "3601s"],
  ["milliseconds", "5m"],
  ["milliseconds", "1e3"],
  ["bitsPerSecond", "1mb"],
  ["bytes", "1.5.5k"],
  ["whole", "1.5"],
  ["whole", "4294967296"],
  ["whole", "toString"],
])("no %s is %p", (kind, text) => {
  expect(parseValue(kind, text)).toBeUndefined();
  expect(wantedValue(kind)).not.toBe("");
});
