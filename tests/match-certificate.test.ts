// The match server's certificate as an operator may leave it: what does not fit ends the start, no file is touched.
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openCertificate } from "#runtime/certificates.ts";

import { createCertificate, hasOpenssl } from "./lib/certificate.ts";
import { MatchConnection } from "./lib/match-connection.ts";
import { createDataFolder, MATCH_PORTS } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";

setDefaultTimeout(20_000);

const NO_PEM = "-----BEGIN NOTHING-----\n";
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = createDataFolder();
  folders.push(folder);
  return folder;
}

async function pair() {
  const folder = newFolder();
  return openCertificate({ certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") });
}

interface Found {
  readonly what: string;
  readonly cert?: string;
  readonly key?: string;
  /** What the message says of the folder's files. */
  readonly says: (folder: string) => string;
}

const [own, other] = [await pair(), await pair()];
const cert = (folder: string): string => `Cannot use the certificate "${folder}/cert.pem"`;
const key = (folder: string): string => `Cannot use the key "${folder}/key.pem"`;
const FOUND: readonly Found[] = [
  { what: "the key of another", cert: own.cert, key: other.key, says: cert },
  { what: "no key", cert: own.cert, says: cert },
  { what: "no certificate", key: own.key, says: key },
  { what: "a certificate that is no PEM", cert: NO_PEM, key: own.key, says: cert },
  { what: "a key that is no PEM", cert: own.cert, key: NO_PEM, says: key },
];

interface Started {
  readonly folder: string;
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
  /** Of the files that were there. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Each file of certificates, with when it was written and what is in it. */
function pemFiles(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.includes(".pem"));
  return names.sort().map((name) => {
    const file = join(folder, name);
    return `${name} ${statSync(file).mtimeMs} ${statSync(file).mode} ${readFileSync(file, "utf8")}`;
  });
}

async function start(found: Found): Promise<Started> {
  const folder = newFolder();
  if (found.cert !== undefined) writeFileSync(join(folder, "cert.pem"), found.cert);
  if (found.key !== undefined) writeFileSync(join(folder, "key.pem"), found.key, { mode: 0o600 });
  const before = pemFiles(folder);
  const server = new ServerProcess(MATCH_PORTS, folder);
  const exitCode = await server.exit();
  return { folder, exitCode, output: server.output, errors: server.errors, before, after: pemFiles(folder) };
}

const started = new Map(await Promise.all(FOUND.map(async (found) => [found, await start(found)] as const)));

describe.each(FOUND)("$what", (found) => {
  const { folder, exitCode, output, errors, before, after } = started.get(found) as Started;

  test("ends the start with 1, and one line that names the file", () => {
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: "" });
    expect(errors).toStartWith(`${found.says(folder)}: `);
    expect(errors.split("\n")).toEqual([expect.any(String), ""]);
  });

  test("is left as it was", () => expect(after).toEqual(before));
});

// Without openssl there is no certificate but ours.
test.skipIf(!hasOpenssl)("a pair of the operator's own is what clients are shown, and is left as it was", async () => {
  const folder = newFolder();
  const { certFile, keyFile, authority } = createCertificate(folder);
  const before = pemFiles(folder);
  const server = await ServerProcess.start({
    ...MATCH_PORTS,
    CORREIO_MATCH_CERT: certFile,
    CORREIO_MATCH_KEY: keyFile,
  });
  const client = await MatchConnection.connect(server.matchTlsPort, { authority, name: "localhost" });
  expect(await client.ask("list")).toBe("listACK");
  client.close();
  server.signal("SIGTERM");
  expect(await server.exit()).toBe(0);
  expect([pemFiles(folder), pemFiles(server.dataFolder)]).toEqual([before, []]);
  await server.remove();
});
