// A file that lines are appended to through one handle: whole lines, in the kernel before anyone is told.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import { OWNER_ALONE } from "./owner-alone.ts";

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
  /** Grown beyond it the file is set aside as `<path>.1`, in place of the one before, and begun anew. */
  readonly bytesMax?: number;
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
  #handle: number | undefined;
  #closed = false;
  /** What the file has not taken yet; of the first line, perhaps only the rest. */
  readonly #lines: Buffer[] = [];
  #pendingBytes = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(options: AppendFileOptions) {
    this.#options = options;
  }

  /**
   * Makes folder and file where needed. Throws what the file system says when the file cannot be opened for appending,
   * and when it begins with another header: then it is left as it is.
   */
  open(): void {
    this.#handle = openFile(this.#options);
  }

  /** One line, its newline included. */
  append(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#closed || this.#pendingBytes + bytes.length > limits.ledgerPendingBytesMax) {
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

  /** Writes, syncs to the disk and closes. Returns how many lines could not be written. Later ones are lost. */
  close(): number {
    if (this.#pendingBytes > 0) this.#write();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#closed = true;
    if (this.#handle === undefined) return this.#lines.length;
    try {
      fsyncSync(this.#handle);
    } catch (error) {
      this.#options.onFailure(error);
    }
    closeSync(this.#handle);
    this.#handle = undefined;
    return this.#lines.length;
  }

  #write(): void {
    const bytes = Buffer.concat(this.#lines, this.#pendingBytes);
    let offset = 0;
    try {
      const handle = this.#writableHandle();
      while (offset < bytes.length) offset += writeSync(handle, bytes, offset);
      this.#setAside(handle);
    } catch (error) {
      this.stats.failures++;
      this.#options.onFailure(error);
      this.#retryLater();
    }
    this.#forget(offset);
  }

  #setAside(handle: number): void {
    const { path, bytesMax = Number.POSITIVE_INFINITY } = this.#options;
    if (fstatSync(handle).size <= bytesMax) return;
    closeSync(handle);
    this.#handle = undefined;
    renameSync(path, `${path}.1`);
    this.open();
  }

  /** Somebody may have removed the file: what is written to it then would be nowhere. */
  #writableHandle(): number {
    if (this.#handle === undefined) this.open();
    else if (fstatSync(this.#handle).nlink === 0) {
      closeSync(this.#handle);
      this.#handle = undefined;
      this.open();
      this.#options.onFailure(new Error(`"${this.#options.path}" was removed: a new file is begun`));
    }
    return this.#handle as unknown as number;
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

function openFile({ path, header }: AppendFileOptions): number {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ALONE });
  if (header !== "") createWithHeader(path, header);
  const handle = openSync(path, "a+");
  try {
    cutTornLine(handle);
    if (header !== "") checkHeader(handle, header);
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

function checkHeader(handle: number, header: string): void {
  if (fstatSync(handle).size === 0) {
    writeSync(handle, header);
    return;
  }
  const beginning = Buffer.alloc(Buffer.byteLength(header));
  readSync(handle, beginning, 0, beginning.length, 0);
  if (beginning.toString() !== header) throw new Error("it begins with another header; move it away");
}

/** Whole or not at all, so that of several processes that start together one writes the header. */
function createWithHeader(path: string, header: string): void {
  if (existsSync(path)) return;
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, header);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    unlinkSync(draft);
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
