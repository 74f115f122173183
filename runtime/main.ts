// The process: settings, then the server; and on a signal, or when an operator asks for it, the server's orderly end.
import { startLines } from "./announce.ts";
import { systemClock } from "./base/clock.ts";
import { readConfig } from "./config.ts";
import { logFileOf, messageOf } from "./node-files.ts";
import { createLog, type Log } from "./observe/log.ts";
import { type Server, startServer } from "./server.ts";
import { sharpenTimers } from "./timer-slack.ts";

/** npx and `bun run` pass on a signal that the terminal gave to all: so soon after the first it is the same one. */
const SAME_SIGNAL_MS = 1_000;

async function run(): Promise<void> {
  const settings = readConfig(process.argv.slice(2));
  if (settings.kind === "help") return console.log(settings.text);
  if (settings.kind === "wrong") {
    for (const problem of settings.problems) console.error(problem);
    process.exit(2);
  }
  const { config } = settings;
  const log = createLog(config.logLevel, systemClock, { file: logFileOf(config) });
  sharpenTimers();
  try {
    const server = await startServer(config, log);
    log.openFile();
    stopOnSignals(server, log);
    const madeToken = config.adminToken === "" ? server.adminToken : undefined;
    const http = { httpHost: config.httpHost, isHttps: config.httpTls !== undefined, madeToken };
    for (const line of startLines({ ...server, ...http })) console.log(line);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(1);
  }
}

/** Also on an exception that nobody caught: what was accepted is answered, then the process ends with 1. */
function stopOnSignals(server: Server, log: Log): void {
  let stoppedAtMs: number | undefined;
  const stop = async (exitCode: number): Promise<void> => {
    const nowMs = systemClock.monotonicMs();
    if (stoppedAtMs !== undefined) {
      if (nowMs - stoppedAtMs > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAtMs = nowMs;
    const drained = server.drain();
    // From here on nobody new is let in.
    console.log("[INFO] Encerrando: respondendo ao que foi aceito...");
    const ended = await drained.then(
      () => exitCode,
      (error: unknown) => {
        log.logger.error({ err: error }, "Ended, but not in good order");
        return 1;
      },
    );
    await log.close();
    console.log("[INFO] Servidor encerrado");
    process.exit(ended);
  };
  server.late.end = (reason) => {
    log.logger.info({ reason }, "Ending: an operator has asked for it");
    void stop(0);
  };
  process.on("SIGINT", () => void stop(0));
  process.on("SIGTERM", () => void stop(0));
  process.on("unhandledRejection", (error) => log.limited("error", "unhandled_rejection", { err: error }));
  process.on("uncaughtException", (error) => {
    log.logger.fatal({ err: error }, "Stopping: an exception was not caught");
    void stop(1);
  });
}

await run();
