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

const NEWLINE = 0x0a;

/**
 * Lines gather until `flush`, which writes them at once: a thousand sessions that end together cost one write.
 * A written line survives `kill -9` of this process, not a power cut; `close` syncs to the disk.
 */
export class AppendFile {
  readonly stats: AppendFileStats = { lines: 0, failures: 0, lost: 0 };
  readonly #options: AppendFileOptions;
  readonly #handle: number;
  /** What the file has not taken yet; of the first line, perhaps only the rest. */
  readonly #lines: Buffer[] = [];
  #pendingBytes = 0;
  #cancelRetry: (() => void) | undefined;

  /** Makes the folder where needed. Throws what the file system says when the file cannot be opened for appending. */
  constructor(options: AppendFileOptions) {
    this.#options = options;
    mkdirSync(dirname(options.path), { recursive: true });
    this.#handle = openSync(options.path, "a+");
    cutTornLine(this.#handle);
    if (options.header !== "" && fstatSync(this.#handle).size === 0) writeSync(this.#handle, options.header);
  }

  /** One line, its newline included. */
  append(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#pendingBytes + bytes.length > limits.ledgerPendingBytesMax) {
      this.stats.lost++;
      return;
    }
    this.#lines.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  /** Writes what has gathered. What the file does not take is tried again after a second. */
  flush(): void {
    if (this.#pendingBytes > 0 && this.#cancelRetry === undefined) this.#write();
  }

  /** Writes, syncs to the disk and closes. Returns how many lines could not be written. */
  close(): number {
    if (this.#pendingBytes > 0) this.#write();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    try {
      fsyncSync(this.#handle);
    } catch (error) {
      this.#options.onFailure(error);
    }
    closeSync(this.#handle);
    return this.#lines.length;
  }

  #write(): void {
    const bytes = Buffer.concat(this.#lines, this.#pendingBytes);
    let offset = 0;
    try {
      while (offset < bytes.length) offset += writeSync(this.#handle, bytes, offset);
    } catch (error) {
      this.stats.failures++;
      this.#options.onFailure(error);
      this.#retryLater();
    }
    this.#forget(offset);
  }

  #forget(writtenBytes: number): void {
    let lines = 0;
    let restBytes = writtenBytes;
    for (let line = this.#lines[0]; line !== undefined && line.length <= restBytes; line = this.#lines[++lines]) {
      restBytes -= line.length;
    }
    this.#lines.splice(0, lines);
    if (restBytes > 0) this.#lines[0] = (this.#lines[0] as Buffer).subarray(restBytes);
    this.#pendingBytes -= writtenBytes;
    this.stats.lines += lines;
  }

  #retryLater(): void {
    this.#cancelRetry ??= this.#options.clock.after(limits.ledgerRetryMs, () => {
      this.#cancelRetry = undefined;
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
  const whole = block.length === size;
  if (torn > 0 && (lastNewline >= 0 || whole)) ftruncateSync(handle, size - torn);
}
