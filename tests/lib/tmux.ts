// A terminal as a person has one: programs run in it, keys are pressed, and what stands on the screen is read.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually } from "./eventually.ts";
import { projectFolder } from "./source-files.ts";

const TMUX = Bun.which("tmux");

/** Absent tmux skips these tests with a visible line; where CI is set it fails them instead. */
export const hasTmux = TMUX !== null || Bun.env["CI"] !== undefined;

if (!hasTmux) console.warn("SKIPPED: clients in a real terminal, because tmux is not installed");

/** Where several processes start at once on few cores. */
const SHOWS_WITHIN_MS = 45_000;
/** Each look at the screen starts a process. */
const LOOK_EVERY_MS = 60;

export class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), "correio-tmux-"));

  /** Runs the shell's command; when it ends, its exit code and the terminal's settings are shown. */
  constructor(command: string, size: { readonly columns: number; readonly rows: number } = { columns: 80, rows: 24 }) {
    const script = `${command}; echo "exit code $?"; stty -a; exec cat`;
    const window = ["-x", String(size.columns), "-y", String(size.rows)];
    this.#tmux("new-session", "-d", ...window, "-c", projectFolder, "sh", "-c", script);
  }

  /** Rows of the screen without the blanks at their ends, and without the empty ones at its end. */
  get rows(): readonly string[] {
    const rows = this.#tmux("capture-pane", "-p")
      .split("\n")
      .map((row) => row.trimEnd());
    return rows.slice(0, rows.findLastIndex((row) => row !== "") + 1);
  }

  /** The last row that is not empty: where one types. */
  get lastRow(): string {
    return this.rows.at(-1) ?? "";
  }

  get cursor(): { readonly row: number; readonly column: number } {
    const [row = 0, column = 0] = this.#tmux("display-message", "-p", "#{cursor_y} #{cursor_x}").split(" ").map(Number);
    return { row, column };
  }

  type(text: string): void {
    this.#tmux("send-keys", "-l", text);
  }

  /** By tmux's names, such as `Enter` and `C-c`. */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  enter(line: string): void {
    this.type(line);
    this.press("Enter");
  }

  resize(columns: number): void {
    this.#tmux("resize-window", "-x", String(columns));
  }

  /** Waits until the screen has it. */
  async shows(what: string | RegExp): Promise<void> {
    const has = (): boolean => (typeof what === "string" ? this.text.includes(what) : what.test(this.text));
    await eventually(`the screen to show ${what}`, has, SHOWS_WITHIN_MS, LOOK_EVERY_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}; it shows:\n${this.text}`);
    });
  }

  get text(): string {
    return this.rows.join("\n");
  }

  /** Ends what runs in it. */
  close(): void {
    this.#tmux("kill-server");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #tmux(...args: readonly string[]): string {
    const own = ["-u", "-S", join(this.#folder, "socket"), "-f", "/dev/null"];
    const env = { PATH: Bun.env["PATH"], LC_ALL: "C.UTF-8", TERM: "xterm-256color", HOME: this.#folder };
    const done = Bun.spawnSync([TMUX ?? "tmux", ...own, ...args], { env });
    if (!done.success) throw new Error(`tmux ${args[0]}: ${done.stderr.toString()}`);
    return done.stdout.toString();
  }
}
