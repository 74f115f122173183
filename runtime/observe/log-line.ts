// One line of the log: kept short, without a character that ends lines or moves text about, and read for people.
import pino from "pino";

import { limits } from "../limits.ts";
import type { LogEntry, LogLevel } from "./log-view.ts";

/** What JSON leaves as it is: it would end a line, or turn text round, wherever the file is looked at. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu;
const CONTROLS = /[\p{Cc}--[\n\t]]/gv;

interface Line {
  readonly level: number;
  readonly time: string;
  readonly reason?: unknown;
  readonly msg?: unknown;
}

/** `line` is JSON with its newline, and so is what comes out. */
export function cleanLine(line: string): string {
  return (line.length > limits.logLineCharsMax ? shortened(line) : line).replace(
    UNSEEN,
    (sign) => `\\${escaped(sign)}`,
  );
}

/** `line` is clean. */
export function entryOf(line: string, number: number): LogEntry {
  const parsed = JSON.parse(line, withoutControls) as Line;
  const { level, time, reason = "", msg = "", ...fields } = parsed;
  return { number, at: Date.parse(time), level: levelOf(level), reason: String(reason), text: String(msg), fields };
}

function levelOf(level: number): LogLevel {
  return (pino.levels.labels[level] ?? "info") as LogLevel;
}

/** Texts lose their ends; where that is not enough, fields go. */
function shortened(line: string): string {
  const { length } = line;
  const cut = JSON.parse(line, (_, value: unknown) => shortText(value)) as Line;
  const text = JSON.stringify({ ...cut, cutFrom: length });
  if (text.length < limits.logLineCharsMax) return `${text}\n`;
  const { level, time, reason, msg } = cut;
  return `${JSON.stringify({ level, time, reason, msg, cutFrom: length })}\n`;
}

function shortText(value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, limits.logFieldCharsMax) : value;
}

function withoutControls(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.replace(CONTROLS, escaped) : value;
}

function escaped(sign: string): string {
  return `\\u{${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`;
}
