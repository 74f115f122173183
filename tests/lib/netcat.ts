// A terminal with `nc`, over TCP or UDP: types lines, and keeps what comes.
import { eventually } from "./eventually.ts";

export class Netcat {
  heard = "";
  readonly #child: Bun.Subprocess<"pipe", "pipe", "ignore">;

  constructor(way: "tcp" | "udp", port: number) {
    const flags = way === "udp" ? ["-u"] : [];
    this.#child = Bun.spawn(["nc", ...flags, "127.0.0.1", String(port)], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    void this.#listen();
  }

  /** Over UDP the address shows first that it receives there. */
  async proveAddress(): Promise<void> {
    this.say("HELLO anybody");
    await this.hears("COOKIE: mande antes");
    this.say(/COOKIE \S{27}(?=\n)/.exec(this.heard)?.[0] ?? "");
    await this.hears("COOKIE: ok");
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
    void this.#child.stdin.flush();
  }

  async hears(text: string): Promise<void> {
    await eventually(`"${text}" at a terminal`, () => this.heard.includes(text));
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) this.heard += decoder.decode(chunk, { stream: true });
  }
}
