// Chat client for people, over TCP, UDP or both; --help lists the settings.
import { systemClock } from "#runtime/base/clock.ts";
import { systemRandom } from "#runtime/base/random.ts";

import { type ChatOptions, chatSettings, checkPassword } from "./chat/config.ts";
import { Conversation } from "./chat/conversation.ts";
import { Runner } from "./machine/runner.ts";
import { InvalidSetting } from "./settings/command-line.ts";
import { configure, runConfigured } from "./settings/config.ts";
import { withoutPasswords } from "./terminal/kept-line.ts";
import { openUser, type UserEvents } from "./terminal/user.ts";

/** The password is the first line, where it is asked for; then the conversation begins. Answers the exit code. */
async function chat(options: ChatOptions): Promise<number> {
  const { promise: exitCode, resolve: finish } = Promise.withResolvers<number>();
  let client: Runner | undefined;
  const leave = (code: number): void => {
    user.close();
    finish(code);
  };
  const begin = (password: string | undefined): void => {
    const { id, room, data } = options;
    const isHybrid = data !== undefined;
    const machine = new Conversation({ id, room, isHybrid, password }, systemClock, systemRandom);
    const targets = { main: options.main, ...(data === undefined ? {} : { data }) };
    client = new Runner({ machine, targets, user, clock: systemClock });
    void client.finished.then(finish);
    client.start();
  };
  const events: UserEvents = {
    typed(line) {
      if (client !== undefined) return client.typed(line);
      try {
        return begin(checkPassword(line));
      } catch (error) {
        if (!(error instanceof InvalidSetting)) throw error;
        user.print(error.message);
        return leave(2);
      }
    },
    ended: () => (client === undefined ? leave(1) : client.ended()),
    interrupted: () => (client === undefined ? leave(130) : client.interrupted()),
  };
  const user = openUser(events, { keptOf: withoutPasswords });
  if (options.asksPassword && process.stdin.isTTY && !user.isTerminal) {
    console.error("--password: expected a terminal to ask in, or CORREIO_PASSWORD; the output is none");
    return 2;
  }
  if (options.asksPassword) user.prompt("Senha: ", true);
  else begin(options.password);
  return exitCode;
}

// A connection that is still being tried would keep the process alive: the end is said, not waited for.
if (import.meta.main) process.exit(await runConfigured(configure(chatSettings, Bun.argv.slice(2)), chat));
