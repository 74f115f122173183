// The live view: looks at everything at even times and shows it, until somebody has seen enough.
import type { Administration } from "#actors/servers/administration.ts";
import type { Clock } from "#runtime/base/clock.ts";
import { settlesWithin } from "#runtime/base/settles-within.ts";

import { FullScreen } from "./full-screen.ts";
import { frameOf } from "./live-frame.ts";
import { liveLines } from "./live-lines.ts";
import { type Look, Looker } from "./live-look.ts";

interface LiveOptions {
  readonly administration: Administration;
  readonly clock: Clock;
  readonly where: string;
  readonly everyMs: number;
  readonly isJson: boolean;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const INTERRUPTED = 130;

interface View {
  show(look: Look): void;
  close(): void;
}

/** Resolves to the exit code. */
export async function runLive(options: LiveOptions): Promise<number> {
  const { administration, clock, everyMs } = options;
  const over = Promise.withResolvers<number>();
  for (const signal of SIGNALS) process.on(signal, () => over.resolve(INTERRUPTED));
  // Whoever reads what we print has gone: `| head`.
  process.stdout.on("error", () => over.resolve(0));
  const view = openView(options, over.resolve);
  const looker = new Looker(administration, clock);
  let isOver = false;
  while (!isOver) {
    const startedMs = clock.monotonicMs();
    const look = await Promise.race([looker.look(), over.promise.then(() => undefined)]);
    if (look !== undefined) view.show(look);
    const waitMs = Math.max(0, startedMs + everyMs - clock.monotonicMs());
    isOver = await settlesWithin(clock, over.promise, waitMs);
  }
  view.close();
  return over.promise;
}

function openView(options: LiveOptions, end: (exitCode: number) => void): View {
  const isScreen = process.stdin.isTTY && process.stdout.isTTY && !options.isJson;
  return isScreen ? openScreen(options, end) : openPipe(options);
}

function openPipe({ isJson, clock }: LiveOptions): View {
  return {
    show(look) {
      const lines = isJson ? [JSON.stringify(look)] : liveLines(look, timeOf(clock));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    },
    close: () => undefined,
  };
}

function openScreen({ where, clock }: LiveOptions, end: (exitCode: number) => void): View {
  const shown: { look: Look | undefined } = { look: undefined };
  const draw = (): void => {
    if (shown.look === undefined) return;
    screen.draw(frameOf(shown.look, { where, time: timeOf(clock), ...screen.size }));
  };
  const screen = new FullScreen({ resized: draw, ended: (how) => end(how === "quit" ? 0 : INTERRUPTED) });
  screen.draw([`A perguntar em ${where}…`]);
  return {
    show(look) {
      shown.look = look;
      draw();
    },
    close: () => screen.close(),
  };
}

/** `HH:MM:SS`, as clocks on this wall show it. */
function timeOf(clock: Clock): string {
  return new Date(clock.unixMs()).toTimeString().slice(0, "00:00:00".length);
}
