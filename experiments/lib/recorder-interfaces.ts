// What the network interfaces have passed on, as /proc/PID/net/dev has it, for as long as anyone holds the file open.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** In octets, with the headers of the link: on the loopback, which sends what it receives, and on all others. */
export const INTERFACE_COUNTS = ["loopback", "received", "sent"] as const;

const CHUNK_BYTES = 65_536;
const WAIT_MS = 1;

/** Of a process's network, also when the process is gone. */
export class InterfaceCounter {
  readonly #file: number;

  constructor(pid: number | "self") {
    this.#file = openSync(`/proc/${pid}/net/dev`, "r");
  }

  /** In the order of `INTERFACE_COUNTS`. */
  read(): readonly number[] {
    const interfaces = this.#text()
      .split("\n")
      .map((line) => /^\s*(\S+):\s*(\d+)(?:\s+\d+){7}\s+(\d+)/.exec(line))
      .filter((found) => found !== null)
      .map(([, name, received, sent]) => ({ name, received: Number(received), sent: Number(sent) }));
    const others = interfaces.filter(({ name }) => name !== "lo");
    return [
      interfaces.find(({ name }) => name === "lo")?.received ?? 0,
      others.reduce((sum, { received }) => sum + received, 0),
      others.reduce((sum, { sent }) => sum + sent, 0),
    ];
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Read from the beginning, the kernel writes it anew. */
  #text(): string {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const parts: string[] = [];
    for (let position = 0; ;) {
      const bytes = readSync(this.#file, chunk, 0, CHUNK_BYTES, position);
      if (bytes === 0) return parts.join("");
      parts.push(chunk.toString("latin1", 0, bytes));
      position += bytes;
    }
  }
}

/** The same command, which waits at first: until it is counted, it does nothing. */
export function waitingToBeCounted(words: readonly string[]): readonly string[] {
  return ["sh", "-c", 'kill -STOP $$ && exec "$@"', "sh", ...words];
}

/** Lets such a command go on, once `countFirst` has read the counter; undefined when it ended before that. */
export async function countWaiting(
  pid: number,
  hasEnded: () => boolean,
  countFirst: (counter: InterfaceCounter) => void,
): Promise<InterfaceCounter | undefined> {
  while (!hasEnded()) {
    if (isStopped(pid)) {
      const counter = new InterfaceCounter(pid);
      countFirst(counter);
      process.kill(pid, "SIGCONT");
      return counter;
    }
    await Bun.sleep(WAIT_MS);
  }
  return undefined;
}

function isStopped(pid: number): boolean {
  try {
    return /\) T /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}
