// The certificate of the match server and its key: those that are there, or a pair that is made at the first start.
import { createPrivateKey, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { type Clock, systemClock } from "./base/clock.ts";
import { codeOf } from "./base/code-of.ts";
import { OWNER_ALONE } from "./storage/owner-alone.ts";

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** PEM texts. */
interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** What clients ask for; it stands first among the names. */
const SERVER_NAME = "jogo-da-velha-server";
const OTHER_NAMES = [
  { type: "dns", value: "localhost" },
  { type: "ip", value: "127.0.0.1" },
  { type: "ip", value: "::1" },
] as const;
const KEY_KIND = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Clients whose clocks are late must not take it for one of the future. */
const BACKDATED_MS = 3_600_000;
const GOOD_FOR_YEARS = 10;
const SERIAL_BYTES = 16;
const KEY_MODE = 0o600;

/**
 * Reads the pair, or makes one where neither file is there (`made`), which only its owner may read. Rejects with an
 * `Error` that names the file: one without the other, unreadable, no PEM, not a pair, expired, or not to be written.
 */
export async function openCertificate(
  files: CertificateFiles,
  clock: Pick<Clock, "unixMs"> = systemClock,
): Promise<Pair & { readonly made: boolean }> {
  const { certFile, keyFile } = files;
  const [cert, key] = [read("certificate", certFile), read("key", keyFile)];
  if (cert !== undefined && key !== undefined) {
    check({ cert, key }, files, clock.unixMs());
    return { cert, key, made: false };
  }
  if (cert !== undefined) throw new Error(`Cannot use the certificate "${certFile}": its key "${keyFile}" is missing`);
  if (key === undefined) return { ...(await makePair(files, clock.unixMs())), made: true };
  return { ...finishPair(files, key, clock.unixMs()), made: true };
}

function check(pair: Pair, { certFile, keyFile }: CertificateFiles, nowMs: number): void {
  const key = parseKey(pair.key, keyFile);
  const cert = parseCertificate(pair.cert, certFile);
  if (!cert.checkPrivateKey(key)) {
    throw new Error(`Cannot use the certificate "${certFile}": the key "${keyFile}" belongs to another`);
  }
  if (Date.parse(cert.validTo) <= nowMs) {
    throw new Error(`Cannot use the certificate "${certFile}": it expired on ${cert.validTo}`);
  }
}

function parseCertificate(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new Error(`Cannot use the certificate "${file}": it is no certificate in PEM`, { cause });
  }
}

function parseKey(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new Error(`Cannot use the key "${file}": it is no private key in PEM without a passphrase`, { cause });
  }
}

/** Undefined where there is none. */
function read(what: string, file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new Error(`Cannot use the ${what} "${file}": ${(cause as Error).message}`, { cause });
  }
}

/**
 * Both are written aside before either has its name, and the key is named first: a process that ends in between leaves
 * a key, and aside the certificate that belongs to it.
 */
async function makePair({ certFile, keyFile }: CertificateFiles, nowMs: number): Promise<Pair> {
  const pair = await createPair(nowMs);
  writing(keyFile, () => writeAside(keyFile, pair.key, KEY_MODE));
  writing(certFile, () => writeAside(certFile, pair.cert));
  writing(keyFile, () => renameSync(aside(keyFile), keyFile));
  writing(certFile, () => renameSync(aside(certFile), certFile));
  return pair;
}

/** The key is there alone: as it is when making the pair was cut short, then its certificate lies aside. */
function finishPair({ certFile, keyFile }: CertificateFiles, key: string, nowMs: number): Pair {
  const lone = `Cannot use the key "${keyFile}": its certificate "${certFile}" is missing`;
  const cert = read("certificate", aside(certFile));
  if (cert === undefined) throw new Error(lone);
  try {
    check({ cert, key }, { certFile: aside(certFile), keyFile }, nowMs);
  } catch (cause) {
    throw new Error(lone, { cause });
  }
  writing(certFile, () => renameSync(aside(certFile), certFile));
  return { cert, key };
}

function aside(file: string): string {
  return `${file}.new`;
}

function writeAside(file: string, text: string, mode?: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_ALONE });
  // One that is there already would keep the mode it has.
  rmSync(aside(file), { force: true });
  writeFileSync(aside(file), text, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
}

function writing(file: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new Error(`Cannot make a certificate: "${file}" cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** RFC 5280: an authority of its own, for no other, and a server. Only here is the library loaded. */
async function createPair(nowMs: number): Promise<Pair> {
  // What @peculiar/x509 is wired with looks for it when it is loaded.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await crypto.subtle.generateKey(KEY_KIND, true, ["sign", "verify"]);
  const { digitalSignature, keyCertSign } = x509.KeyUsageFlags;
  const notBefore = new Date(nowMs - BACKDATED_MS);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notBefore.getUTCFullYear() + GOOD_FOR_YEARS);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: drawSerial(),
      name: `CN=${SERVER_NAME}`,
      notBefore,
      notAfter,
      signingAlgorithm: KEY_KIND,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(digitalSignature | keyCertSign, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        new x509.SubjectAlternativeNameExtension([{ type: "dns", value: SERVER_NAME }, ...OTHER_NAMES]),
      ],
    },
    crypto,
  );
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: withLineEnd(certificate.toString("pem")),
    key: withLineEnd(x509.PemConverter.encode(key, "PRIVATE KEY")),
  };
}

/** Positive, and of the same length each time: its first octet is neither 0 nor above 127. */
function drawSerial(): string {
  const octets = randomBytes(SERIAL_BYTES);
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40;
  return octets.toString("hex");
}

function withLineEnd(pem: string): string {
  return pem.endsWith("\n") ? pem : `${pem}\n`;
}
