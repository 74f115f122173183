// Numbers with units as the relay's command line takes them: 5%, 20ms, 1mbit, 64k.

const SCALES = {
  probability: { "": 1, "%": 0.01 },
  milliseconds: { "": 1, ms: 1, s: 1_000 },
  bitsPerSecond: { "": 1, bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 },
  bytes: { "": 1, k: 1_024, m: 1_048_576 },
  whole: { "": 1 },
} as const;

export type ValueKind = keyof typeof SCALES;

const LARGEST: Readonly<Record<ValueKind, number>> = {
  probability: 1,
  milliseconds: 3_600_000,
  bitsPerSecond: 1e12,
  bytes: 1e12,
  whole: 2 ** 32 - 1,
};
const WANTED: Readonly<Record<ValueKind, string>> = {
  probability: "a probability from 0 to 1, such as 0.05 or 5%",
  milliseconds: "a time of at most an hour, such as 20, 20ms or 1.5s",
  bitsPerSecond: "a speed in bits a second, such as 500kbit, 1mbit or 1gbit",
  bytes: "a number of bytes, such as 65536, 64k or 1m",
  whole: "a whole number from 0 to 4294967295",
};

/** The number in the kind's own unit; undefined when the text is none of that kind, or out of its range. */
export function parseValue(kind: ValueKind, text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)([a-z%]*)$/.exec(text.toLowerCase()) ?? [];
  const scales: Readonly<Record<string, number>> = SCALES[kind];
  if (digits === "" || !Object.hasOwn(scales, unit)) return undefined;
  const value = Number(digits) * (scales[unit] as number);
  const fits = value <= LARGEST[kind] && (kind !== "whole" || Number.isInteger(value));
  return fits ? value : undefined;
}

/** What a value of that kind looks like, for who has given another. */
export function wantedValue(kind: ValueKind): string {
  return WANTED[kind];
}
