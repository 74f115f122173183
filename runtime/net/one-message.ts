// A message that came alone, as a batch of one.
import type { MessageBatch } from "../core/ports.ts";

export class OneMessage implements MessageBatch {
  readonly bytes: number;
  readonly arrivedMs: number;
  next: object | undefined = undefined;
  #text: string;
  #taken = false;

  constructor(text: string, bytes: number, arrivedMs: number) {
    this.#text = text;
    this.bytes = bytes;
    this.arrivedMs = arrivedMs;
  }

  get remaining(): number {
    return this.#taken ? 0 : 1;
  }

  take(): string {
    this.#taken = true;
    return this.#text;
  }

  release(): void {
    this.#taken = true;
    this.#text = "";
  }
}
