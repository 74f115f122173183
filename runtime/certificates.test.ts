// The certificate of the match server: made once, good for strict clients, and refused by name where it is of no use.
import { afterAll, describe, expect, test } from "bun:test";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "./base/clock.ts";
import { type CertificateFiles, openCertificate } from "./certificates.ts";

const root = mkdtempSync(join(tmpdir(), "correio-certificates-"));
const PYTHON = Bun.which("python3");
const HOUR_MS = 3_600_000;

/** Trusts nothing but the certificate, checks the name as given, and as strictly as OpenSSL can. */
const STRICT_CLIENT = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as plain:
    with context.wrap_socket(plain, server_hostname=sys.argv[3]) as secret:
        print(secret.version())
`;

afterAll(() => rmSync(root, { recursive: true }));

/** In a folder of its own that is not there yet. */
function newFiles(): CertificateFiles {
  const folder = join(mkdtempSync(join(root, "x-")), "data");
  return { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
}

async function madeFiles(): Promise<CertificateFiles> {
  const files = newFiles();
  await openCertificate(files);
  return files;
}

async function problemOf(files: CertificateFiles, clock = systemClock): Promise<string> {
  return openCertificate(files, clock).then(
    () => "none",
    (error: unknown) => (error as Error).message,
  );
}

const textOf = (file: string): string => readFileSync(file, "utf8");
const folderOf = ({ certFile }: CertificateFiles): string => join(certFile, "..");

describe("where there is none, a certificate is made", () => {
  test("and is the same at each start after that", async () => {
    const files = newFiles();
    const first = await openCertificate(files);
    expect(first).toMatchObject({ made: true, cert: textOf(files.certFile), key: textOf(files.keyFile) });
    expect(await openCertificate(files)).toEqual({ ...first, made: false });
    expect(readdirSync(folderOf(files)).sort()).toEqual(["cert.pem", "key.pem"]);
  });

  test("whose key only the owner may read, whatever lay there before", async () => {
    const files = newFiles();
    mkdirSync(folderOf(files));
    writeFileSync(`${files.keyFile}.new`, "left behind", { mode: 0o644 });
    await openCertificate(files);
    expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
    expect(textOf(files.keyFile)).toStartWith("-----BEGIN PRIVATE KEY-----\n");
  });

  test("for its names, for ten years from an hour ago, as its own authority", async () => {
    const nowMs = Date.parse("2026-11-22T12:00:00Z");
    const { cert, key } = await openCertificate(newFiles(), { unixMs: () => nowMs });
    const x509 = new X509Certificate(cert);
    expect(x509.subject).toBe("CN=jogo-da-velha-server");
    expect(x509.subjectAltName).toBe(
      "DNS:jogo-da-velha-server, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
    expect(Date.parse(x509.validFrom)).toBe(nowMs - HOUR_MS);
    expect(Date.parse(x509.validTo)).toBe(Date.parse("2036-11-22T11:00:00Z"));
    expect([x509.ca, x509.verify(createPublicKey(key))]).toEqual([true, true]);
    expect(x509.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
    expect(x509.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  test("with a positive serial of 128 bits that is another each time", async () => {
    const serials = await Promise.all(
      Array.from(
        { length: 20 },
        async () => new X509Certificate((await openCertificate(newFiles())).cert).serialNumber,
      ),
    );
    expect(new Set(serials).size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test.skipIf(PYTHON === null).each(["jogo-da-velha-server", "localhost", "127.0.0.1"])(
    "that the strictest client takes as its only authority, for %s and no other name",
    async (name) => {
      const files = newFiles();
      const { cert, key } = await openCertificate(files);
      using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, tls: { cert, key }, socket: { data() {} } });
      const ask = async (asked: string): Promise<string> => {
        const args = ["-c", STRICT_CLIENT, files.certFile, String(listener.port), asked];
        const child = Bun.spawn([PYTHON ?? "python3", ...args], { stdout: "pipe", stderr: "pipe" });
        const [said, complained] = await Promise.all([child.stdout.text(), child.stderr.text()]);
        return said || complained;
      };
      expect(await ask(name)).toBe("TLSv1.3\n");
      expect(await ask("correio.example")).toContain("CERTIFICATE_VERIFY_FAILED");
    },
  );
});

describe("making one that was cut short", () => {
  test("before either had its name begins anew", async () => {
    const files = await madeFiles();
    for (const file of [files.certFile, files.keyFile]) renameSync(file, `${file}.new`);
    const before = textOf(`${files.certFile}.new`);
    const { made, cert } = await openCertificate(files);
    expect([made, cert === before]).toEqual([true, false]);
    expect((await openCertificate(files)).made).toBe(false);
  });

  test("when only the key had its name is finished", async () => {
    const files = await madeFiles();
    const before = textOf(files.certFile);
    renameSync(files.certFile, `${files.certFile}.new`);
    expect(await openCertificate(files)).toMatchObject({ made: true, cert: before });
    expect(await openCertificate(files)).toMatchObject({ made: false, cert: before });
    expect(existsSync(`${files.certFile}.new`)).toBe(false);
  });

  test("is not finished with a certificate of another key", async () => {
    const [files, others] = [await madeFiles(), await madeFiles()];
    rmSync(files.certFile);
    renameSync(others.certFile, `${files.certFile}.new`);
    expect(await problemOf(files)).toBe(
      `Cannot use the key "${files.keyFile}": its certificate "${files.certFile}" is missing`,
    );
  });
});

describe("a pair is refused", () => {
  test("of which only one is there", async () => {
    const [loneKey, loneCert] = [await madeFiles(), await madeFiles()];
    rmSync(loneKey.certFile);
    rmSync(loneCert.keyFile);
    expect(await problemOf(loneKey)).toBe(
      `Cannot use the key "${loneKey.keyFile}": its certificate "${loneKey.certFile}" is missing`,
    );
    expect(await problemOf(loneCert)).toBe(
      `Cannot use the certificate "${loneCert.certFile}": its key "${loneCert.keyFile}" is missing`,
    );
    expect(readdirSync(folderOf(loneCert))).toEqual(["cert.pem"]);
  });

  test.each(["certFile", "keyFile"] as const)("whose %s cannot be read", async (which) => {
    const files = await madeFiles();
    rmSync(files[which]);
    mkdirSync(files[which]);
    expect(await problemOf(files)).toMatch(new RegExp(`^Cannot use the (?:certificate|key) "${files[which]}": EISDIR`));
  });

  test.each(["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])(
    "that is no PEM: %j",
    async (text) => {
      const [badCert, badKey] = [await madeFiles(), await madeFiles()];
      writeFileSync(badCert.certFile, text);
      writeFileSync(badKey.keyFile, text);
      expect(await problemOf(badCert)).toBe(
        `Cannot use the certificate "${badCert.certFile}": it is no certificate in PEM`,
      );
      expect(await problemOf(badKey)).toBe(
        `Cannot use the key "${badKey.keyFile}": it is no private key in PEM without a passphrase`,
      );
    },
  );

  test("whose key has a passphrase", async () => {
    const files = await madeFiles();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "segredo" } as const;
    writeFileSync(files.keyFile, privateKey.export(locked));
    expect(await problemOf(files)).toContain("without a passphrase");
  });

  test("that is none", async () => {
    const [files, others] = [await madeFiles(), await madeFiles()];
    renameSync(others.keyFile, files.keyFile);
    expect(await problemOf(files)).toBe(
      `Cannot use the certificate "${files.certFile}": the key "${files.keyFile}" belongs to another`,
    );
  });

  test("in the second in which it expires, and not a millisecond before", async () => {
    const files = await madeFiles();
    const expiresMs = Date.parse(new X509Certificate(textOf(files.certFile)).validTo);
    const at = (nowMs: number) => problemOf(files, { ...systemClock, unixMs: () => nowMs });
    expect(await at(expiresMs - 1)).toBe("none");
    expect(await at(expiresMs)).toStartWith(`Cannot use the certificate "${files.certFile}": it expired on `);
  });

  test.each(["certFile", "keyFile"] as const)(
    "whose %s cannot be written, and nothing is left of it",
    async (which) => {
      const files = newFiles();
      mkdirSync(join(`${files[which]}.new`, "in the way"), { recursive: true });
      expect(await problemOf(files)).toStartWith(`Cannot make a certificate: "${files[which]}" cannot be written: `);
      expect([existsSync(files.certFile), existsSync(files.keyFile)]).toEqual([false, false]);
    },
  );
});
