// The settings of the messaging client and of its bots: flags, environment, defaults, and what is said of wrong ones.
import { describe, expect, test } from "bun:test";

import { configured } from "../settings/test-config.ts";
import { botSettings } from "./bot-config.ts";
import { messagingSettings } from "./config.ts";

const client = configured(messagingSettings);
const bot = configured(botSettings);

describe("the messaging client", () => {
  test("goes to the ports of the family, here, unless told otherwise", () => {
    const main = { transport: "zeromq", host: "127.0.0.1", port: 5555, publicationsPort: 5558 };
    expect(client.optionsOf([])).toEqual({ main: main as never, user: undefined });
    const environment = { SERVER_HOST: "correio", CORREIO_MESSAGING_PORT: "1", CORREIO_SUBSCRIBER_PORT: "2" };
    expect(client.optionsOf(["--port", "3"], environment).main).toMatchObject({
      host: "correio",
      port: 3,
      publicationsPort: 2,
    });
  });

  test("takes names with blanks in them, and none that is reserved", () => {
    expect(client.optionsOf(["--user", "ana maria"]).user).toBe("ana maria");
    expect(client.reasonOf(["--user", "servers"])).toStartWith("--user: expected 1 to 64 characters, ");
    expect(client.reasonOf(["--user", " ana"])).toEndWith('got " ana"');
  });
});

describe("the bots", () => {
  test("are three, in four channels, until they are interrupted", () => {
    expect(bot.optionsOf([])).toMatchObject({ bots: 3, channels: 4, rate: 5, seconds: 0, seed: 1 });
  });

  test.each([
    ["--bots", 1, 500],
    ["--channels", 1, 100],
    ["--rate", 1, 1_000],
  ])("%s is from %i to %i", (flag, least, most) => {
    const expected = `${flag}: expected a whole number from ${least} to ${most}`;
    expect(bot.reasonOf([flag, String(least - 1)])).toStartWith(expected);
    expect(bot.reasonOf([flag, String(most + 1)])).toStartWith(expected);
    for (const count of [least, most]) expect(bot.optionsOf([flag, String(count)]).bots).toBeNumber();
  });
});
