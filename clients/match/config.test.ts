// The match client's settings, and what is said where they are wrong.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { configured } from "../settings/test-config.ts";
import { matchSettings } from "./config.ts";

const { optionsOf, reasonOf } = configured(matchSettings);
const folder = mkdtempSync(join(tmpdir(), "correio-match-config-"));
const certFile = join(folder, "cert.pem");
const textFile = join(folder, "text.pem");
/** Of nobody; only its form matters. */
const CERT = `-----BEGIN CERTIFICATE-----
MIIBLjCB4aADAgECAhQS3Dxywy2YFfVUeaZnCpbSjsuTpDAFBgMrZXAwDDEKMAgG
A1UEAwwBeDAgFw0yNjExMjIwMjQxMzdaGA8yMTI2MTAyOTAyNDEzN1owDDEKMAgG
A1UEAwwBeDAqMAUGAytlcAMhAIodp3gvPdGqtUWw2HI6F8fmbqSCZXAmBoZ8acy7
uWn1o1MwUTAdBgNVHQ4EFgQUEtUSkTaVXqXImoxTY+saKI5IHeQwHwYDVR0jBBgw
FoAUEtUSkTaVXqXImoxTY+saKI5IHeQwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXAD
QQDR3eaiY2jsXbgB/DUxEU/7fH6lzU6s+BUdyTR1vtv2ec6LYrol17vcUVQoHJno
QYZ9N6l6vOjwoRWj73aVvuMG
-----END CERTIFICATE-----
`;
writeFileSync(certFile, CERT);
writeFileSync(textFile, "não é um certificado\n");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the settings", () => {
  test("name the server, its certificate, and the name that this must have", () => {
    const options = optionsOf(["--host", "192.0.2.7", "--cert", certFile, "--user", "ana"]);
    const target = { transport: "tls", host: "192.0.2.7", port: 3_001, serverName: "jogo-da-velha-server" };
    expect(options).toEqual({ main: { ...target, authority: CERT }, user: "ana" } as typeof options);
  });

  test("may name nobody, and another port", () => {
    const { user, main } = optionsOf(["--cert", certFile, "--port", "4001"]);
    expect([user, main.port]).toEqual([undefined, 4_001]);
  });

  test.each([
    [
      ["--cert", join(folder, "gone.pem")],
      /^--cert: expected the server's certificate, a file that can be read, got "/,
    ],
    [["--cert", textFile], /^--cert: expected a certificate in PEM, got "/],
    [["--cert", certFile, "--user", "a;b"], /^--user: expected 1 to 32 letters, .* got "a;b"$/],
    [["--cert", certFile, "--port", "0"], /^--port: expected a whole number from 1 to 65535/],
  ])("are refused in one line: %j", (args, reason) => {
    expect(reasonOf(args)).toMatch(reason);
  });
});
