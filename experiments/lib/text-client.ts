// A client of the text commands over TCP, for measuring: lines in, lines out, and when they came.

import type { Socket } from "bun";

export interface TextClientOptions {
  readonly port: number;
  /** Each line without its ending, and when it came, in milliseconds of `performance.now`. */
  readonly line?: (line: string, atMs: number) => void;
  readonly closed?: () => void;
}

const commandTimeoutMs = 30_000;

export class TextClient {
  readonly #options: TextClientOptions;
  readonly #awaited: { readonly begins: string; readonly found: PromiseWithResolvers<string> }[] = [];
  #socket!: Socket<undefined>;
  #carry = "";
  #unsent = "";

  private constructor(options: TextClientOptions) {
    this.#options = options;
  }

  static async open(options: TextClientOptions): Promise<TextClient> {
    const client = new TextClient(options);
    client.#socket = await Bun.connect<undefined>({
      hostname: "127.0.0.1",
      port: options.port,
      socket: {
        data: (_socket, chunk) => client.#received(chunk),
        drain: () => client.write(""),
        close: () => client.#closed(),
        error: () => client.#closed(),
      },
    });
    client.#socket.setNoDelay(true);
    return client;
  }

  write(text: string): void {
    const whole = this.#unsent + text;
    if (whole === "") return;
    this.#unsent = whole.slice(Math.max(0, this.#socket.write(whole)));
  }

  /** Sends one command and resolves with the next line that begins like its reply; rejects on an error. */
  async command(command: string): Promise<string> {
    const found = Promise.withResolvers<string>();
    this.#awaited.push({ begins: `${command.split(" ")[0]!}: `, found });
    const timeout = setTimeout(() => found.reject(new Error(`No reply to ${command}`)), commandTimeoutMs);
    this.write(`${command}\n`);
    return found.promise.finally(() => clearTimeout(timeout));
  }

  /** FIN. */
  end(): void {
    this.#socket.end();
  }

  /** RST, whatever is on its way. */
  reset(): void {
    this.#socket.terminate();
  }

  #received(chunk: Buffer): void {
    const atMs = performance.now();
    const lines = (this.#carry + chunk.toString("utf8")).split("\n");
    this.#carry = lines.pop() ?? "";
    for (const line of lines) {
      this.#options.line?.(line, atMs);
      if (this.#awaited.length > 0 && !line.startsWith("* ")) this.#answered(line);
    }
  }

  #answered(line: string): void {
    const [first] = this.#awaited;
    if (first === undefined) return;
    if (line.startsWith(first.begins)) this.#awaited.shift()?.found.resolve(line);
    else if (line.startsWith("ERROR: ")) this.#awaited.shift()?.found.reject(new Error(line));
  }

  #closed(): void {
    for (const { found } of this.#awaited.splice(0)) found.reject(new Error("The server closed the connection"));
    this.#options.closed?.();
  }
}

/** As many at once as a listen queue takes. */
export async function openInTurn<Value>(count: number, open: (index: number) => Promise<Value>): Promise<Value[]> {
  const opened: Value[] = [];
  while (opened.length < count) {
    const first = opened.length;
    const length = Math.min(100, count - first);
    opened.push(...(await Promise.all(Array.from({ length }, (_, index) => open(first + index)))));
  }
  return opened;
}
