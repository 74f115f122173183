// Settings of the chat client, and what is said about wrong ones.
import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";

import { configure } from "../settings/config.ts";
import { configured } from "../settings/test-config.ts";
import { chatSettings, checkPassword } from "./config.ts";

const { optionsOf, reasonOf } = configured(chatSettings);

describe("the settings", () => {
  test("have defaults for everything but the id", () => {
    expect(optionsOf(["--id", "ana"])).toEqual({
      id: "ana",
      room: "lobby",
      main: { transport: "tcp", host: "127.0.0.1", port: 5_000 },
      data: undefined,
      password: undefined,
      asksPassword: false,
    });
  });

  test("lead over UDP to its port", () => {
    const { main, data } = optionsOf(["--id", "ana", "--transport", "udp", "--udp-port", "6001"]);
    expect([main, data]).toEqual([{ transport: "udp", host: "127.0.0.1", port: 6_001, isQuick: true }, undefined]);
  });

  test("leave the UDP port of hybrid mode to the server, unless it is given", () => {
    const hybrid = ["--id", "ana", "--transport", "hybrid"];
    expect(optionsOf(hybrid).data?.port).toBe(0);
    expect(optionsOf([...hybrid, "--udp-port", "6001"]).data?.port).toBe(6_001);
    expect(optionsOf(hybrid, { SERVER_UDP_PORT: "6002" }).data?.port).toBe(6_002);
  });

  test("take the password from the environment, or ask for it", () => {
    expect(optionsOf(["--id", "ana"], { CORREIO_PASSWORD: "segredo" }).password).toBe("segredo");
    expect(optionsOf(["--id", "ana", "--password"]).asksPassword).toBe(true);
    expect(optionsOf(["--id", "ana", "--password"], { CORREIO_PASSWORD: "segredo" }).asksPassword).toBe(false);
  });

  test("are explained by --help, with the commands", () => {
    const config = configure(chatSettings, ["--help"], {});
    expect(config.kind === "help" && config.text).toContain("/msg nome texto");
  });
});

describe("a wrong setting is named:", () => {
  test.each([
    [[], "--id: expected 1 to 32 letters"],
    [["--id", "-"], '--id: expected 1 to 32 letters, digits, _ . - (the first a letter or a digit), got "-"'],
    [["--id", "ana", "--room", "@x"], "--room: expected"],
    [["--id", "ana", "--transport", "sctp"], '--transport: expected tcp, udp, hybrid, got "sctp"'],
    [["--id", "ana", "--port", "0"], "--port: expected a whole number from 1 to 65535"],
    [["--id", "ana", "--udp-port", "x"], "--udp-port: expected a whole number"],
    [["--id", "ana", "--tls", "--transport", "udp"], "--tls: expected with a TCP connection"],
    [["--id", "ana", "--tls-ca", "x.pem"], "--tls-ca: expected with --tls"],
    [
      ["--id", "ana", "--tls", "--tls-ca", "/nowhere/x.pem"],
      '--tls-ca: expected a file that can be read, got "/nowhere/x.pem"',
    ],
    [["--id", "ana", "--tls", "--tls-ca", tmpdir()], "--tls-ca: expected a file"],
    [["--id", "ana", "--password=segredo"], "Option '--password' does not take an argument"],
    [["--nick", "ana"], "Unknown option '--nick'"],
    [["ana"], "Unexpected argument 'ana'"],
  ])("%j", (args, reason) => {
    expect(reasonOf(args)).toStartWith(reason);
    expect(reasonOf(args)).not.toContain("segredo");
  });

  test("a password that is no word, without being shown", () => {
    expect(reasonOf(["--id", "ana"], { CORREIO_PASSWORD: "duas palavras" })).not.toContain("palavras");
    expect(() => checkPassword("")).toThrow("password: expected");
  });
});
