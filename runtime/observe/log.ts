// Structured logs: what the core, the sockets and clients do, as JSON lines, bounded for each reason.
import pino, { type Logger } from "pino";

import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import { LogFile, type LogFileOptions } from "./log-file.ts";
import { cleanLine } from "./log-line.ts";
import { LogTail } from "./log-tail.ts";
import type { LogView } from "./log-view.ts";

type Severity = "info" | "warn" | "error";

export interface Log {
  readonly logger: Logger;
  /** One line, or a count: at most ten a second for each reason, the rest named in one line of their own. */
  limited(level: Severity, reason: string, fields: object): void;
  /**
   * As `limited`, of what a client did. Not on standard error: the console says it in the documents' words. `fields` is
   * asked only where a line is written.
   */
  readonly event: (reason: string, fields: () => object) => void;
  readonly view: LogView;
  /** Of the file: lines that it did not take, so far. */
  readonly linesLost: number;
  /** What was logged before goes there too. */
  openFile(): void;
  /** Resolves when the file has all that it will have. Later lines are not in it. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** None unless given. */
  readonly file?: LogFileOptions | undefined;
  /** Whether lines go to standard error; true unless given. */
  readonly stderr?: boolean;
}

const MORE = "More of the same within a second";

export function createLog(leastLevel: string, clock: Clock, options: LogOptions = {}): Log {
  const tail = new LogTail();
  const file = options.file === undefined ? undefined : new LogFile(options.file, clock, onFileTrouble);
  const stderr = options.stderr === false ? undefined : openStderr();
  const keep = (line: string): void => {
    tail.add(line);
    file?.write(line);
  };
  const time = { timestamp: () => `,"time":"${new Date(clock.unixMs()).toISOString()}"` };
  const setting = { level: leastLevel, base: null, ...time };
  const logger = pino(setting, { write: (line) => writeBoth(cleanLine(line)) });
  const ofClients = pino(setting, { write: (line) => keep(cleanLine(line)) });
  const writeBoth = (line: string): void => {
    stderr?.write(line);
    keep(line);
  };
  const perSecond = new PerSecond(clock);

  function onFileTrouble(fields: object, text: string): void {
    logger.error({ reason: "log.file", ...fields }, text);
  }

  return {
    logger,
    limited(level, reason, fields) {
      const tellRest = (suppressed: number): void => logger.warn({ reason, suppressed }, MORE);
      if (perSecond.takes(reason, tellRest)) logger[level]({ reason, ...fields });
    },
    event(reason, fields) {
      if (!ofClients.isLevelEnabled("info")) return;
      const tellRest = (suppressed: number): void => ofClients.info({ reason, suppressed }, MORE);
      if (perSecond.takes(reason, tellRest)) ofClients.info({ reason, ...fields() });
    },
    view: {
      tail: (query) => tail.tail(query),
      subscribe: (listener) => tail.subscribe(listener),
      level: () => logger.level as ReturnType<LogView["level"]>,
      setLevel: (level) => void (logger.level = ofClients.level = level),
    },
    get linesLost() {
      return file?.linesLost ?? 0;
    },
    openFile: () => file?.open(),
    close: async () => file?.close(),
  };
}

/** A reader that has gone away is no reason to stop: the log is in memory and in its file too. */
function openStderr() {
  return pino.destination({ dest: 2, sync: true }).on("error", () => undefined);
}

/** Lines of each reason in the second that runs. */
class PerSecond {
  readonly #clock: Clock;
  readonly #counts = new Map<string, { count: number; readonly tellRest: (suppressed: number) => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False past the bound; then, when the second is over, `tellRest` of the first call hears how many there were. */
  takes(reason: string, tellRest: (suppressed: number) => void): boolean {
    const known = this.#counts.get(reason);
    if (known !== undefined) return ++known.count <= limits.logLinesPerReasonPerSecond;
    if (this.#counts.size === 0) this.#clock.after(1_000, () => this.#closeWindow());
    this.#counts.set(reason, { count: 1, tellRest });
    return true;
  }

  #closeWindow(): void {
    const seen = [...this.#counts.values()];
    this.#counts.clear();
    for (const { count, tellRest } of seen) {
      const suppressed = count - limits.logLinesPerReasonPerSecond;
      if (suppressed > 0) tellRest(suppressed);
    }
  }
}
