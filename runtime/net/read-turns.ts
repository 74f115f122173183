// Who sends much lets others be read first: between two looks of the loop at its sockets only so much is taken.
import type { Clock } from "../base/clock.ts";
import { RingBuffer } from "../base/ring-buffer.ts";
import { limits } from "../limits.ts";

interface TurnTaker {
  /** What is likely to come when it is read again. */
  readonly chunkBytes: number;
  readOn(): void;
}

/**
 * The loop takes up to 512 KiB from each socket that has them, whatever others wait for: with 50 that send without end
 * everybody else would wait for 25 MiB of messages. Those who have sent much are paused, and take turns; what came
 * of them already in this look waits too.
 */
export class ReadTurns {
  readonly #clock: Clock;
  /** Each connection once. */
  readonly #waiting = new RingBuffer<TurnTaker>();
  #takenBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** So much has come. Whether it has to wait: enough came before it, and it is much. */
  take(bytes: number): boolean {
    const isEnough = this.#takenBytes >= limits.readPerLookBytesMax;
    this.#takenBytes += bytes;
    return isEnough && isMuch(bytes);
  }

  /** Whether whoever sent that is read again only when it is his turn. */
  waitsAfter(bytes: number): boolean {
    return this.#takenBytes >= limits.readPerLookBytesMax && isMuch(bytes);
  }

  wait(reader: TurnTaker): void {
    this.#waiting.push(reader);
    if (this.#waiting.count === 1) this.#clock.afterIo(this.#readOn);
  }

  readonly #readOn = (): void => {
    this.#takenBytes = 0;
    for (let bytes = 0; bytes < limits.readPerLookBytesMax;) {
      const reader = this.#waiting.shift();
      if (reader === undefined) return;
      bytes += reader.chunkBytes;
      reader.readOn();
    }
    if (this.#waiting.count > 0) this.#clock.afterIo(this.#readOn);
  };
}

function isMuch(bytes: number): boolean {
  return bytes >= limits.readMuchBytesMin;
}
