// A self-signed certificate for `localhost`, made anew by the `openssl` command.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const OPENSSL = Bun.which("openssl");

/** Absent openssl skips the TLS tests with a visible line; where CI is set it fails them instead. */
export const hasOpenssl = OPENSSL !== null || Bun.env["CI"] !== undefined;

if (!hasOpenssl) console.warn("Skipping the TLS tests: openssl is not installed");

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM text: what a client trusts. */
  readonly authority: string;
}

export function createCertificate(folder: string): Certificate {
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", keyFile, "-out", certFile, "-days", "2"];
  const made = Bun.spawnSync([OPENSSL ?? "openssl", "req", "-x509", ...curve, ...names, ...files]);
  if (!made.success) throw new Error(`Cannot make a certificate: ${made.stderr.toString()}`);
  return { certFile, keyFile, authority: readFileSync(certFile, "utf8") };
}
