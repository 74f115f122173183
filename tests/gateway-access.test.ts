// Access to a whole server: what kill -9 leaves of tokens, sign-ins and audit, TLS, and what is never printed.
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";

import { type Certificate, createCertificate, hasOpenssl } from "./lib/certificate.ts";
import { eventually } from "./lib/eventually.ts";
import { createDataFolder } from "./lib/node-settings.ts";
import { ServerProcess } from "./lib/server-process.ts";

const ADMIN_TOKEN = "an admin token of the settings".replaceAll(" ", "-");
const SETTINGS = { CORREIO_ADMIN_TOKEN: ADMIN_TOKEN, CORREIO_MESSAGING_PORT: "", CORREIO_LOG_LEVEL: "debug" };
const JSON_TYPE = { "Content-Type": "application/json" };
const admin = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const CLIENTS = 8;
const ADDS_BEFORE_KILL = 200;
const ADD = "/actors/counter/a/add";

const folder = createDataFolder();
const servers: ServerProcess[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function started(dataFolder = createDataFolder()): Promise<ServerProcess> {
  const server = new ServerProcess(SETTINGS, dataFolder);
  servers.push(server);
  await server.listens();
  return server;
}

function get(server: ServerProcess, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.httpPort}${path}`, { headers });
}

/** An input is sent as JSON. */
function post(server: ServerProcess, path: string, headers: object, input?: object): Promise<Response> {
  const body = input === undefined ? {} : { body: JSON.stringify(input) };
  const all = { ...(input === undefined ? {} : JSON_TYPE), ...headers };
  return fetch(`http://127.0.0.1:${server.httpPort}${path}`, { method: "POST", headers: all, ...body });
}

async function kill(server: ServerProcess): Promise<void> {
  server.signal("SIGKILL");
  expect(await server.exit()).toBeNull();
}

/** How many acts on this path are in the audit. */
async function audited(server: ServerProcess, path: string): Promise<number> {
  let count = 0;
  let after = "";
  do {
    const page = await get(server, `/audit?limit=500&path=${path}${after}`, admin);
    const { items, next } = (await page.json()) as { readonly items: readonly unknown[]; readonly next?: string };
    count += items.length;
    after = next === undefined ? "" : `&after=${next}`;
  } while (after !== "");
  return count;
}

describe("kill -9", () => {
  test("leaves tokens, who is signed in, and the audit", async () => {
    const server = await started();
    const made = await post(server, "/access/tokens", admin, { name: "ana", role: "operator" });
    const { secret } = (await made.json()) as { readonly secret: string };
    const signedIn = await post(server, "/access/sign-in", {}, { token: secret });
    const [, value = ""] = signedIn.headers.getSetCookie()[0]?.split(/[=;]/) ?? [];
    await kill(server);
    const next = await started(server.dataFolder);
    const ana = { Authorization: `Bearer ${secret}` };
    expect((await post(next, ADD, ana, { amount: 1 })).status).toBe(200);
    const cookie = { Cookie: `correio-${next.httpPort}=${value}` };
    const me = await get(next, "/access/me", cookie);
    expect(await me.json()).toMatchObject({ name: "ana", role: "operator", via: "cookie" });
    const audit = await (await get(next, "/audit", admin)).json();
    expect(audit).toMatchObject({
      items: [
        { who: "ana", path: ADD, status: 200, body: '{"amount":1}' },
        { who: "ana", path: "/access/sign-in" },
        { who: "admin", path: "/access/tokens" },
      ],
    });
    for (const each of [server, next]) {
      for (const hidden of [secret, value, ADMIN_TOKEN]) expect(each.output + each.errors).not.toContain(hidden);
    }
    expect(JSON.stringify(audit)).not.toContain(secret);
  });

  test("under load leaves no change that is not in the audit", async () => {
    const server = await started();
    let answered = 0;
    const enough = Promise.withResolvers<void>();
    const count = async (): Promise<void> => {
      for (;;) {
        const response = await post(server, ADD, admin, { amount: 1 }).catch(() => undefined);
        if (response === undefined) return;
        expect(response.status).toBe(200);
        if (++answered === ADDS_BEFORE_KILL) enough.resolve();
      }
    };
    const clients = Array.from({ length: CLIENTS }, count);
    await enough.promise;
    await kill(server);
    await Promise.all(clients);
    const next = await started(server.dataFolder);
    const counted = Number(await (await post(next, "/actors/counter/a/value", {})).text());
    expect(counted).toBeGreaterThanOrEqual(answered);
    expect(await audited(next, ADD)).toBeGreaterThanOrEqual(counted);
  });
});

describe.skipIf(!hasOpenssl)("over TLS", () => {
  test("the gateway says so, its cookie is for TLS alone, and browsers are told to stay with it", async () => {
    const { certFile, keyFile, authority }: Certificate = createCertificate(folder);
    const tls = { CORREIO_HTTP_CERT: certFile, CORREIO_HTTP_KEY: keyFile, CORREIO_HTTP_HOST: "127.0.0.1" };
    const server = new ServerProcess({ ...SETTINGS, ...tls });
    servers.push(server);
    await eventually("the server's start", () => server.output.includes("Aguardando"));
    const url = /\((https:\/\/127\.0\.0\.1:\d+)\/docs\)/.exec(server.output)?.[1] ?? "";
    const ask = (path: string, options: RequestInit = {}) => fetch(url + path, { ...options, tls: { ca: authority } });
    const health = await ask("/health");
    expect(health.status).toBe(200);
    expect(health.headers.get("strict-transport-security")).toBe("max-age=86400");
    expect((await ask("/actors?limit=1")).status).toBe(200);
    const body = JSON.stringify({ token: ADMIN_TOKEN });
    const signedIn = await ask("/access/sign-in", { method: "POST", headers: JSON_TYPE, body });
    expect(signedIn.headers.getSetCookie()[0]).toMatch(/^__Host-correio-\d+=[\w-]{43}; .*; Secure; /);
    await expect(fetch(url.replace("https", "http") + "/health")).rejects.toThrow();
  });

  test("with files that are not there nothing starts", async () => {
    const files = { CORREIO_HTTP_CERT: `${folder}/none.pem`, CORREIO_HTTP_KEY: `${folder}/none.pem` };
    const server = new ServerProcess({ ...SETTINGS, ...files });
    servers.push(server);
    expect(await server.exit()).toBe(1);
    expect(server.errors).toStartWith(`Cannot read CORREIO_HTTP_CERT "${folder}/none.pem"`);
  });
});

test("where others reach the gateway, nothing starts without a token: one line, and exit code 2", async () => {
  const server = new ServerProcess({ CORREIO_HTTP_HOST: "192.0.2.1", CORREIO_ADMIN_TOKEN: "too-short" });
  servers.push(server);
  expect(await server.exit()).toBe(2);
  expect(server.errors.trim()).toBe(
    'Cannot use CORREIO_HTTP_HOST="192.0.2.1": others reach it, so it takes a CORREIO_ADMIN_TOKEN of at least 16 ' +
      "characters",
  );
  expect(server.output).toBe("");
});
