// Messages that wait for room in a mailbox, bounded in count and octets.

interface Waiting {
  readonly text: string;
  readonly bytes: number;
}

export class MessageQueue {
  readonly #countMax: number;
  readonly #bytesMax: number;
  readonly #messages: Waiting[] = [];
  #first = 0;
  #bytes = 0;

  constructor(countMax: number, bytesMax: number) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#messages.length - this.#first;
  }

  /** False where it is full: nothing was added. */
  add(text: string, bytes: number): boolean {
    if (this.count >= this.#countMax || this.#bytes + bytes > this.#bytesMax) return false;
    this.#messages.push({ text, bytes });
    this.#bytes += bytes;
    return true;
  }

  take(): Waiting | undefined {
    const message = this.#messages[this.#first];
    if (message === undefined) return undefined;
    this.#first++;
    this.#bytes -= message.bytes;
    if (this.#first === this.#messages.length) {
      this.#messages.length = 0;
      this.#first = 0;
    }
    return message;
  }
}
