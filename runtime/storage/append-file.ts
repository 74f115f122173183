// A file that lines are appended to through one handle: whole lines, in the kernel before anyone is told.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";

export interface AppendFileStats {
  /** Lines that are in the file. */
  lines: number;
  /** Failed writes; what they should have written is kept and tried again. */
  failures: number;
  /** Lines given up because too much was waiting for a file that could not be written. */
  lost: number;
}

export interface AppendFileOptions {
  readonly path: string;
  /** Written once, when the file is empty. */
  readonly header: string;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}

const NO_BYTES = Buffer.alloc(0);
const NEWLINE = 0x0a;

/**
 * Lines gather until `flush`, which writes them at once: a thousand sessions that end together cost one write.
 * A written line survives `kill -9` of this process, not a power cut; `close` syncs to the disk.
 */
export class AppendFile {
  readonly stats: AppendFileStats = { lines: 0, failures: 0, lost: 0 };
  readonly #options: AppendFileOptions;
  readonly #handle: number;
  #lines: string[] = [];
  #linesLength = 0;
  /** What an earlier write left over; it goes first. */
  #unwritten = NO_BYTES;
  #unwrittenLines = 0;
  #retryScheduled = false;

  /** Makes the folder where needed. Throws what the file system says when the file cannot be opened for appending. */
  constructor(options: AppendFileOptions) {
    this.#options = options;
    mkdirSync(dirname(options.path), { recursive: true });
    this.#handle = openSync(options.path, "a+");
    cutTornLine(this.#handle);
    if (fstatSync(this.#handle).size === 0) writeSync(this.#handle, options.header);
  }

  /** One line, its newline included. */
  append(line: string): void {
    if (this.#linesLength + this.#unwritten.length + line.length > limits.ledgerPendingBytesMax) {
      this.stats.lost++;
      return;
    }
    this.#lines.push(line);
    this.#linesLength += line.length;
  }

  /** Writes what has gathered. What the file does not take is tried again after a second. */
  flush(): void {
    if (this.#linesLength > 0 && !this.#retryScheduled) this.#write();
  }

  /** Writes, syncs to the disk and closes. Returns how many lines could not be written. */
  close(): number {
    this.#write();
    try {
      fsyncSync(this.#handle);
    } catch (error) {
      this.#options.onFailure(error);
    }
    closeSync(this.#handle);
    return this.#unwrittenLines;
  }

  #write(): void {
    const gathered = Buffer.from(this.#lines.join(""));
    const bytes = this.#unwritten.length === 0 ? gathered : Buffer.concat([this.#unwritten, gathered]);
    const lines = this.#unwrittenLines + this.#lines.length;
    this.#lines = [];
    this.#linesLength = 0;
    let offset = 0;
    try {
      while (offset < bytes.length) offset += writeSync(this.#handle, bytes, offset);
      this.stats.lines += lines;
      this.#unwrittenLines = 0;
    } catch (error) {
      this.stats.failures++;
      this.#unwrittenLines = lines;
      this.#options.onFailure(error);
      this.#retryLater();
    }
    this.#unwritten = bytes.subarray(offset);
  }

  #retryLater(): void {
    if (this.#retryScheduled) return;
    this.#retryScheduled = true;
    this.#options.clock.after(limits.ledgerRetryMs, () => {
      this.#retryScheduled = false;
      this.#write();
    });
  }
}

/** A write that was cut short by a crash or a full disk left part of a line: that line was never promised to anyone. */
function cutTornLine(handle: number): void {
  const size = fstatSync(handle).size;
  const block = Buffer.alloc(Math.min(size, 65_536));
  if (block.length === 0) return;
  readSync(handle, block, 0, block.length, size - block.length);
  const lastNewline = block.lastIndexOf(NEWLINE);
  const torn = block.length - 1 - lastNewline;
  if (torn > 0 && lastNewline >= 0) ftruncateSync(handle, size - torn);
}
