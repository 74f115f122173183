// The session ledger as it is read from outside: as far as it is written now, a piece at a time, and few at once.
import { type FileHandle, open, stat } from "node:fs/promises";

import { limits } from "./limits.ts";
import type { LedgerDownload, LedgerView } from "./observe/process-view.ts";

const NEWLINE = 0x0a;
const PIECE_BYTES = 65_536;

interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The file's first line is its header; a row is one line. */
export function createLedgerView(path: string): LedgerView {
  const downloads = { count: 0 };
  return {
    async look() {
      const { size, mtimeMs } = (await stat(path).catch(whereMissing)) ?? {};
      return size === undefined ? undefined : { bytes: size, modifiedAt: Math.floor(mtimeMs ?? 0) };
    },
    async open(rowsMax, signal) {
      if (downloads.count >= limits.ledgerDownloadsMax) return "full";
      downloads.count++;
      const file = await open(path).catch(whereMissing);
      const reading = new LedgerReading(file, () => void downloads.count--);
      if (file === undefined) {
        await reading.end();
        return "none";
      }
      signal.addEventListener("abort", () => void reading.end(), { once: true });
      try {
        return await reading.begin(rowsMax);
      } catch (error) {
        await reading.end();
        throw error;
      }
    },
  };
}

function whereMissing(error: unknown): undefined {
  if ((error as { readonly code?: unknown }).code !== "ENOENT") throw error;
}

/** One download: its file is open until the last piece is taken, or nobody wants it any more. */
class LedgerReading {
  readonly #file: FileHandle | undefined;
  readonly #ended: () => void;
  #open = true;

  constructor(file: FileHandle | undefined, ended: () => void) {
    this.#file = file;
    this.#ended = ended;
  }

  async begin(rowsMax: number | undefined): Promise<LedgerDownload> {
    const { size, mtimeMs } = await (this.#file as FileHandle).stat();
    const to = (await this.#newlineBefore(size, 1)) + 1;
    const spans = rowsMax === undefined ? [{ from: 0, to }] : await this.#lastRows(to, rowsMax);
    return { bytes: size, modifiedAt: Math.floor(mtimeMs), body: this.#stream(spans) };
  }

  async end(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#ended();
    await this.#file?.close();
  }

  /** The header, and of what follows it the last rows. */
  async #lastRows(to: number, rowsMax: number): Promise<readonly Span[]> {
    const headerEnd = (await this.#newlineAfter(0)) + 1;
    const before = (await this.#newlineBefore(to, rowsMax + 1)) + 1;
    return [
      { from: 0, to: Math.min(headerEnd, to) },
      { from: Math.max(headerEnd, before), to: Math.max(headerEnd, to) },
    ];
  }

  /** Where the `count`th newline stands, counted backwards from there; -1 where there are fewer. */
  async #newlineBefore(end: number, count: number): Promise<number> {
    let left = count;
    for (let to = end; to > 0; to -= PIECE_BYTES) {
      const from = Math.max(0, to - PIECE_BYTES);
      const piece = await this.#read(from, to);
      for (let at = piece.lastIndexOf(NEWLINE); at >= 0; at = at === 0 ? -1 : piece.lastIndexOf(NEWLINE, at - 1)) {
        if (--left === 0) return from + at;
      }
    }
    return -1;
  }

  async #newlineAfter(from: number): Promise<number> {
    return from + (await this.#read(from, from + PIECE_BYTES)).indexOf(NEWLINE);
  }

  async #read(from: number, to: number): Promise<Buffer> {
    const piece = Buffer.alloc(Math.max(0, to - from));
    const { bytesRead } = await (this.#file as FileHandle).read(piece, 0, piece.length, from);
    return piece.subarray(0, bytesRead);
  }

  async #readOrEnd({ from, to }: Span): Promise<Buffer> {
    try {
      return await this.#read(from, to);
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** Reads when the last piece has been taken. */
  #stream(spans: readonly Span[]): ReadableStream<Uint8Array> {
    const pieces = piecesOf(spans);
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { value: span, done } = pieces.next();
          const piece = done === true || !this.#open ? undefined : await this.#readOrEnd(span);
          if (piece !== undefined && piece.length > 0) return controller.enqueue(piece);
          controller.close();
          await this.end();
        },
        cancel: () => this.end(),
      },
      { highWaterMark: 0 },
    );
  }
}

function* piecesOf(spans: readonly Span[]): Generator<Span, undefined> {
  for (const { from, to } of spans) {
    for (let at = from; at < to; at += PIECE_BYTES) yield { from: at, to: Math.min(to, at + PIECE_BYTES) };
  }
}
