// Lines over real sockets: cut anywhere, larger than the kernel takes at once, encrypted, refused, and lost.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Socket } from "bun";

import type { LinkTarget } from "./link.ts";
import { startLink } from "./start-link.ts";

const folder = mkdtempSync(join(tmpdir(), "correio-link-"));
const hasOpenssl = Bun.which("openssl") !== null || Bun.env["CI"] !== undefined;
if (!hasOpenssl) console.warn("SKIPPED: links over TLS, because openssl is not installed");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a link says, as promises and lists. */
function observed(target: Partial<LinkTarget> & { readonly port: number }) {
  const opened = Promise.withResolvers<void>();
  const lost = Promise.withResolvers<string>();
  const next = { count: Number.POSITIVE_INFINITY, enough: Promise.withResolvers<void>() };
  const lines: string[] = [];
  const link = startLink(
    { transport: "tcp", host: "127.0.0.1", ...target },
    {
      opened: () => opened.resolve(),
      received(line) {
        lines.push(line);
        if (lines.length >= next.count) next.enough.resolve();
      },
      lost: (reason) => lost.resolve(reason),
    },
  );
  const received = (count: number): Promise<void> => {
    next.count = count;
    if (lines.length >= count) next.enough.resolve();
    return next.enough.promise;
  };
  return { link, lines, received, opened: opened.promise, lost: lost.promise };
}

interface Peer {
  readonly port: number;
  /** Octets that have come. */
  readonly received: () => string;
  readonly socket: Promise<Socket>;
  [Symbol.dispose](): void;
}

/** Says so many octets and takes what it is sent. */
function startPeer(options: { readonly tls?: { cert: string; key: string }; readonly onData?: () => void } = {}): Peer {
  const { promise: socket, resolve } = Promise.withResolvers<Socket>();
  const chunks: Buffer[] = [];
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    socket: {
      open: (opened) => resolve(opened),
      data(_, chunk) {
        chunks.push(Buffer.from(chunk));
        options.onData?.();
      },
    },
  });
  return {
    port: listener.port,
    received: () => Buffer.concat(chunks).toString(),
    socket,
    [Symbol.dispose]: () => listener.stop(true),
  };
}

describe("a link", () => {
  test("sends lines and takes lines, wherever the octets are cut", async () => {
    const gone = Promise.withResolvers<void>();
    using peer = startPeer({ onData: () => gone.resolve() });
    const { link, lines, received, opened } = observed({ port: peer.port });
    await opened;
    link.send("olá");
    await gone.promise;
    const socket = await peer.socket;
    for (const octet of Buffer.from("um\r\ndois é\n")) {
      socket.write(Uint8Array.of(octet));
      socket.flush();
    }
    await received(2);
    expect(lines).toEqual(["um", "dois é"]);
    expect(peer.received()).toBe("olá\n");
    link.close();
  });

  test("keeps what the kernel does not take until it does", async () => {
    const line = "x".repeat(4_000);
    const count = 600;
    const all = Promise.withResolvers<void>();
    let seen = 0;
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(_, chunk) {
          seen += chunk.length;
          if (seen >= count * (line.length + 1)) all.resolve();
        },
      },
    });
    const { link, opened } = observed({ port: listener.port });
    await opened;
    for (let index = 0; index < count; index++) link.send(line);
    await all.promise;
    expect(seen).toBe(count * (line.length + 1));
    link.close();
    listener.stop(true);
  });

  test("hands over a last line without its end, and then says that it is lost", async () => {
    using peer = startPeer();
    const { lines, opened, lost } = observed({ port: peer.port });
    await opened;
    (await peer.socket).end("ERROR: Servidor cheio");
    expect(await lost).toBe("conexão encerrada");
    expect(lines).toEqual(["ERROR: Servidor cheio"]);
  });

  test("that nobody answers is lost, with the reason", async () => {
    const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const { port } = listener;
    listener.stop(true);
    expect(await observed({ port }).lost).toBe("ECONNREFUSED");
  });

  test("that we close says nothing any more", async () => {
    using peer = startPeer();
    const { link, lines, opened, lost } = observed({ port: peer.port });
    await opened;
    link.close();
    const socket = await peer.socket;
    socket.write("tarde\n");
    socket.end();
    const first = await Promise.race([lost, observed({ port: peer.port }).opened.then(() => "nothing")]);
    expect([first, lines]).toEqual(["nothing", []]);
  });
});

// Certificates are made by openssl.
describe.skipIf(!hasOpenssl)("a link over TLS", () => {
  test("carries lines when it trusts the certificate", async () => {
    const { cert, key } = makeCertificate("ours");
    using peer = startPeer({ tls: { cert, key } });
    const { lines, received, opened } = observed({
      port: peer.port,
      transport: "tls",
      host: "localhost",
      authority: cert,
    });
    await opened;
    (await peer.socket).write("oi\n");
    await received(1);
    expect(lines).toEqual(["oi"]);
  });

  test("is lost when it does not", async () => {
    const { cert, key } = makeCertificate("theirs");
    using peer = startPeer({ tls: { cert, key } });
    const other = makeCertificate("other").cert;
    const { lost } = observed({ port: peer.port, transport: "tls", host: "localhost", authority: other });
    expect(await lost).toMatch(/CERT|SIGNATURE/);
  });

  test.each(["jogo-da-velha-server", undefined])("wants the name %s, whatever host it is", async (serverName) => {
    const { cert, key } = makeCertificate("named", "DNS:jogo-da-velha-server");
    using peer = startPeer({ tls: { cert, key } });
    const named = serverName === undefined ? {} : { serverName };
    const target = { port: peer.port, transport: "tls", host: "127.0.0.1", authority: cert, ...named } as const;
    const { opened, lost } = observed(target);
    const outcome = await Promise.race([opened.then(() => "opened"), lost]);
    expect(outcome).toBe(serverName === undefined ? "ERR_TLS_CERT_ALTNAME_INVALID" : "opened");
  });

  test("is lost when the certificate is somebody else's", async () => {
    const { cert, key } = makeCertificate("elsewhere", "DNS:elsewhere.example");
    using peer = startPeer({ tls: { cert, key } });
    const { lost } = observed({ port: peer.port, transport: "tls", host: "localhost", authority: cert });
    expect(await lost).toContain("ALTNAME");
  });
});

function makeCertificate(name: string, names = "DNS:localhost,IP:127.0.0.1"): { cert: string; key: string } {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`];
  const made = Bun.spawnSync(["openssl", "req", "-x509", ...curve, ...subject, "-keyout", keyFile, "-out", certFile]);
  if (!made.success) throw new Error(made.stderr.toString());
  return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
}
