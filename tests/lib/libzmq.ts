// Sockets of libzmq in a process of their own: real peers, told what to do by a line each.
import { join } from "node:path";

/** The one that has the package: Debian's python3-zmq is not that of every Python on the path. */
const found = ["python3", "/usr/bin/python3"].find(hasZmq);

export const LIBZMQ_PYTHON = found ?? "python3";

/** Without pyzmq such tests are skipped with a visible line; where CI is set they fail instead. */
export const hasLibzmq = found !== undefined || Bun.env["CI"] !== undefined;

if (!hasLibzmq) console.warn("Skipping the tests with peers of libzmq: no python3 has the package zmq");

export type LibzmqKind = "REQ" | "REP" | "ROUTER" | "DEALER" | "PUB" | "SUB" | "XPUB" | "XSUB";

type Command = Readonly<Record<string, unknown>>;

/** Frames are Latin-1: each letter is an octet. */
export class LibzmqSocket {
  readonly #process: LibzmqProcess;
  readonly #name: string;

  constructor(libzmq: LibzmqProcess, name: string) {
    this.#process = libzmq;
    this.#name = name;
  }

  /** Returns the port. */
  async bind(port: number | "*" = "*"): Promise<number> {
    return (await this.#ask({ do: "bind", port })) as number;
  }

  async connect(port: number): Promise<void> {
    await this.#ask({ do: "connect", port });
  }

  async subscribe(topic: string): Promise<void> {
    await this.#ask({ do: "subscribe", topic });
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.#ask({ do: "unsubscribe", topic });
  }

  /** Messages of frames; waits in that process where libzmq has no room. */
  async send(...messages: readonly (readonly string[])[]): Promise<void> {
    await this.#ask({ do: "send", messages });
  }

  /** The next `count` messages, when they have come. */
  async receive(count: number): Promise<string[][]> {
    return (await this.#ask({ do: "receive", count })) as string[][];
  }

  /** From now on it answers each request with `re:` and its frames. */
  async serve(): Promise<void> {
    await this.#ask({ do: "serve" });
  }

  async close(): Promise<void> {
    await this.#ask({ do: "close" });
  }

  #ask(command: Command): Promise<unknown> {
    return this.#process.ask({ socket: this.#name, ...command });
  }
}

export class LibzmqProcess {
  readonly #child = Bun.spawn([LIBZMQ_PYTHON, "-u", join(import.meta.dir, "zmtp_peers.py")], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #isOver = false;
  #lastName = 0;

  constructor() {
    void this.#hear();
  }

  async open(kind: LibzmqKind, options: Readonly<Record<string, number | string>> = {}): Promise<LibzmqSocket> {
    const name = `${kind} ${++this.#lastName}`;
    await this.ask({ do: "open", socket: name, kind, options });
    return new LibzmqSocket(this, name);
  }

  /** Whom its servers of PLAIN let in. */
  async letIn(username: string, password: string): Promise<void> {
    await this.ask({ do: "let in", username, password });
  }

  /** Stops it as it stands, and lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(name);
  }

  /** Rejects where the process ends before it has answered. */
  ask(command: Command): Promise<unknown> {
    if (this.#isOver) return Promise.reject(ended());
    const id = ++this.#lastId;
    const asked = Promise.withResolvers<unknown>();
    this.#asked.set(id, asked);
    this.#child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    this.#child.stdin.flush();
    return asked.promise;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGCONT");
    await this.#child.stdin.end();
    await this.#child.exited;
  }

  async #hear(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#answered(JSON.parse(line));
    }
    this.#isOver = true;
    for (const { reject } of this.#asked.values()) reject(ended());
  }

  #answered({ id, result }: { readonly id: number; readonly result: unknown }): void {
    this.#asked.get(id)?.resolve(result);
    this.#asked.delete(id);
  }
}

function ended(): Error {
  return new Error("The process with the peers of libzmq has ended");
}

function hasZmq(python: string): boolean {
  const program = Bun.which(python);
  return (
    program !== null && Bun.spawnSync([program, "-c", "import zmq"], { stdio: ["ignore", "ignore", "ignore"] }).success
  );
}
