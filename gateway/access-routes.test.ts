// Tokens, sign-ins and their cookie over real HTTP: what each is good for, and when it is good for nothing any more.

import { describe, expect, test } from "bun:test";

import { ACCESS_BOUNDS } from "#actors/access/records.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { STAND_IN_TOKEN, type StandIn, startStandIn, withToken } from "./stand-in.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const HOUR_MS = 3_600_000;
const ACT = ["DELETE", "/sessions/17"] as const;

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

/** Under the name `ana-<role>`. */
async function made(gateway: StandIn, role: string, more: object = {}) {
  const body = JSON.stringify({ name: `ana-${role}`, role, ...more });
  const response = await gateway.send("POST", "/access/tokens", { ...withToken, ...JSON_TYPE }, body);
  expect(response.status).toBe(201);
  return (await response.json()) as { readonly id: string; readonly secret: string };
}

/** The cookie as a browser sends it, and what its page sends with changes. */
async function signedIn(gateway: StandIn, token: string) {
  const response = await gateway.send("POST", "/access/sign-in", JSON_TYPE, JSON.stringify({ token }));
  expect(response.status).toBe(204);
  const cookie = { Cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  const me = (await (await gateway.get("/access/me", cookie)).json()) as { readonly csrf: string };
  return { cookie, withAll: { ...cookie, "X-CSRF-Token": me.csrf }, me };
}

describe("a token that was made", () => {
  test.each([
    ["viewer", 403],
    ["operator", 204],
    ["admin", 204],
  ])("does what its role may: %s", async (role, status) => {
    await using gateway = startStandIn();
    const { secret } = await made(gateway, role);
    const me = await (await gateway.get("/access/me", bearer(secret))).json();
    expect(me).toEqual({ name: `ana-${role}`, role, via: "token" });
    const response = await gateway.send(...ACT, bearer(secret));
    expect(response.status).toBe(status);
    if (status === 403) {
      expect(await response.json()).toMatchObject({
        code: "forbidden",
        detail: "Cannot DELETE: this takes the role operator, and yours is viewer",
      });
      expect(gateway.asked).toEqual([]);
    }
  });

  test("is listed without its secret, which is told once", async () => {
    await using gateway = startStandIn();
    const { secret, ...shown } = await made(gateway, "operator", { expiresInHours: 1 });
    expect(secret).toMatch(/^[\w-]{43}$/);
    const listed = await (await gateway.get("/access/tokens", withToken)).text();
    expect(JSON.parse(listed)).toEqual({ items: [shown] });
    expect(listed).not.toContain(secret);
    expect(shown).toMatchObject({ name: "ana-operator", role: "operator", createdBy: "admin" });
  });

  test("that has expired is 401, and so is one that was revoked, and one that was forged", async () => {
    await using gateway = startStandIn();
    const shortLived = await made(gateway, "operator", { expiresInHours: 1 });
    const revoked = await made(gateway, "admin");
    gateway.access.clock.pass(HOUR_MS - 1);
    expect((await gateway.send(...ACT, bearer(shortLived.secret))).status).toBe(204);
    gateway.access.clock.pass(1);
    expect((await gateway.send("DELETE", `/access/tokens/${revoked.id}`, withToken)).status).toBe(204);
    const forged = [`${revoked.secret.slice(0, -1)}_`, "admin", "' OR 1=1 --", "__proto__", "a".repeat(4_000)];
    for (const secret of [shortLived.secret, revoked.secret]) {
      expect((await gateway.send(...ACT, bearer(secret))).status).toBe(401);
    }
    for (const secret of forged) {
      const response = await gateway.send(...ACT, bearer(secret));
      expect(response.status, secret).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect(gateway.asked).toEqual(["17"]);
  });

  test("makes no other, unless it is an admin's", async () => {
    await using gateway = startStandIn();
    const { secret } = await made(gateway, "operator");
    const body = JSON.stringify({ name: "more", role: "admin" });
    const refused = await gateway.send("POST", "/access/tokens", { ...bearer(secret), ...JSON_TYPE }, body);
    expect(refused.status).toBe(403);
    for (const path of ["/access/tokens", "/audit", "/actors/access/main"]) {
      expect((await gateway.get(path, bearer(secret))).status, path).toBe(403);
    }
  });

  test.each([
    [{ name: "", role: "viewer" }],
    [{ name: "a b", role: "viewer" }],
    [{ name: "<script>", role: "viewer" }],
    [{ name: "x".repeat(ACCESS_BOUNDS.nameLengthMax + 1), role: "viewer" }],
    [{ name: "x", role: "owner" }],
    [{ name: "x", role: "viewer", expiresInHours: 0 }],
    [{ name: "x", role: "viewer", expiresInHours: 8_785 }],
    [{ name: "x", role: "viewer", expiresInHours: "1" }],
    [{ name: "x", role: "viewer", id: "mine" }],
  ])("is not made of %j", async (body) => {
    await using gateway = startStandIn();
    const headers = { ...withToken, ...JSON_TYPE };
    expect((await gateway.send("POST", "/access/tokens", headers, JSON.stringify(body))).status).toBe(422);
  });

  test.each(["ana-viewer", "admin", "anonymous"])("has a name of its own, so not %p", async (name) => {
    await using gateway = startStandIn();
    await made(gateway, "viewer");
    const again = await gateway.send(
      "POST",
      "/access/tokens",
      { ...withToken, ...JSON_TYPE },
      JSON.stringify({ name, role: "admin" }),
    );
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: "access.name_taken" });
  });

  test("that is not there cannot be revoked", async () => {
    await using gateway = startStandIn();
    expect((await gateway.send("DELETE", "/access/tokens/nobody", withToken)).status).toBe(404);
  });
});

describe("a page that has signed in", () => {
  test("has a cookie that scripts cannot read and other sites cannot send", async () => {
    await using gateway = startStandIn();
    const body = JSON.stringify({ token: STAND_IN_TOKEN });
    const response = await gateway.send("POST", "/access/sign-in", JSON_TYPE, body);
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie.replace(/=[\w-]{43};/, "=…;")).toBe(
      `correio-${gateway.port}=…; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200`,
    );
    expect(cookie).not.toContain(STAND_IN_TOKEN);
  });

  test("is who its token is, and changes nothing without what only a page of here knows", async () => {
    await using gateway = startStandIn();
    const { cookie, withAll, me } = await signedIn(gateway, STAND_IN_TOKEN);
    expect(me).toMatchObject({ name: "admin", role: "admin", via: "cookie", csrf: expect.any(String) });
    const own = { Origin: gateway.url };
    const others: Record<string, string>[] = [
      cookie,
      { ...cookie, ...own },
      { ...cookie, "X-CSRF-Token": "" },
      { ...cookie, "X-CSRF-Token": `${me.csrf}x` },
      { ...withAll, Origin: "https://evil.example" },
      { ...withAll, Origin: "null" },
      { ...withAll, Origin: "http://127.0.0.1:1" },
    ];
    for (const headers of others) {
      const response = await gateway.send(...ACT, headers);
      expect(response.status, JSON.stringify(headers)).toBe(403);
      expect(await response.json()).toMatchObject({ code: "csrf" });
    }
    expect(gateway.asked).toEqual([]);
    expect((await gateway.send(...ACT, withAll)).status).toBe(204);
    expect((await gateway.send(...ACT, { ...withAll, ...own })).status).toBe(204);
  });

  test("cannot use the proof of another's cookie, nor a cookie as a token", async () => {
    await using gateway = startStandIn();
    const { secret } = await made(gateway, "operator");
    const one = await signedIn(gateway, STAND_IN_TOKEN);
    const other = await signedIn(gateway, secret);
    const crossed = { ...one.cookie, "X-CSRF-Token": other.me.csrf };
    expect((await gateway.send(...ACT, crossed)).status).toBe(403);
    const value = one.cookie.Cookie.split("=")[1] ?? "";
    expect((await gateway.send(...ACT, bearer(value))).status).toBe(401);
  });

  test("is out after 12 h, or when its token is revoked or over, and looks on as anybody does", async () => {
    await using gateway = startStandIn();
    const revoked = await made(gateway, "operator");
    const shortLived = await made(gateway, "admin", { expiresInHours: 1 });
    const pages = [
      await signedIn(gateway, revoked.secret),
      await signedIn(gateway, shortLived.secret),
      await signedIn(gateway, STAND_IN_TOKEN),
    ];
    const statuses = () => Promise.all(pages.map(async ({ withAll }) => (await gateway.send(...ACT, withAll)).status));
    expect(await statuses()).toEqual([204, 204, 204]);
    await gateway.send("DELETE", `/access/tokens/${revoked.id}`, withToken);
    expect(await statuses()).toEqual([401, 204, 204]);
    gateway.access.clock.pass(HOUR_MS);
    expect(await statuses()).toEqual([401, 401, 204]);
    gateway.access.clock.pass(11 * HOUR_MS - 1);
    expect(await statuses()).toEqual([401, 401, 204]);
    gateway.access.clock.pass(1);
    expect(await statuses()).toEqual([401, 401, 401]);
    expect((await gateway.get("/sessions", pages[0]?.cookie)).status).toBe(200);
  });

  test("is out when it has signed out, also where its cookie was copied to", async () => {
    await using gateway = startStandIn();
    const { cookie, withAll } = await signedIn(gateway, STAND_IN_TOKEN);
    expect((await gateway.send("POST", "/access/sign-out", cookie)).status).toBe(403);
    const out = await gateway.send("POST", "/access/sign-out", withAll);
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie()[0]).toEndWith("Max-Age=0");
    expect((await gateway.send(...ACT, withAll)).status).toBe(401);
    expect((await gateway.send("POST", "/access/sign-out")).status).toBe(204);
  });

  test("uses up no tries of this address from a page of another site", async () => {
    await using gateway = startStandIn();
    const evil = { Origin: "http://evil.example", "Content-Type": "text/plain" };
    for (let count = 0; count <= HTTP_LIMITS.wrongTokensBurst; count++) {
      const response = await gateway.send("POST", "/access/sign-in", evil, '{"token":"wrong"}');
      expect([response.status, await response.json()]).toMatchObject([403, { code: "csrf" }]);
    }
    expect((await gateway.get("/accounts", withToken)).status).toBe(200);
  });

  test("is not in with a wrong token, whatever else it sends", async () => {
    await using gateway = startStandIn();
    const signIn = (body: string, headers = {}) =>
      gateway.send("POST", "/access/sign-in", { ...JSON_TYPE, ...headers }, body);
    const refused = await signIn('{"token":"wrong"}', withToken);
    expect(refused.status).toBe(401);
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect((await signIn('{"token":""}')).status).toBe(401);
    expect((await signIn("{}")).status).toBe(422);
    expect((await signIn("{")).status).toBe(400);
    expect((await signIn('{"token":["wrong"]}')).status).toBe(422);
    expect((await signIn(JSON.stringify({ token: STAND_IN_TOKEN, more: 1 }))).status).toBe(422);
    const own = JSON.stringify({ token: STAND_IN_TOKEN });
    expect((await signIn(own, { Origin: "https://evil.example" })).status).toBe(403);
    expect((await signIn(own, { Origin: gateway.url })).status).toBe(204);
    const plain = { "Content-Type": "text/plain" };
    expect((await signIn(JSON.stringify({ token: STAND_IN_TOKEN }), plain)).status).toBe(415);
  });

  test.each([
    ["", ""],
    ["=", ""],
    ["correio=a; ; =;correio-1", ""],
    ["correio-1=x", "x".repeat(4_000)],
  ])("is nobody with the cookie %p", async (beginning, rest) => {
    const Cookie = beginning + rest;
    await using gateway = startStandIn();
    expect(await (await gateway.get("/access/me", { Cookie })).json()).toMatchObject({ via: "none" });
  });
});

describe("while tokens cannot be looked up", () => {
  test("the settings' own is good, others are 503, and who needs none is answered", async () => {
    await using gateway = startStandIn();
    const { secret } = await made(gateway, "admin");
    const { cookie } = await signedIn(gateway, secret);
    gateway.access.failing = true;
    expect((await gateway.get("/access/me", withToken)).status).toBe(200);
    expect((await gateway.get("/access/tokens", withToken)).status).toBe(200);
    expect(await (await gateway.get("/access/me", bearer(secret))).json()).toMatchObject({ via: "none" });
    expect((await gateway.send(...ACT, bearer(secret))).status).toBe(503);
    expect(await (await gateway.get("/access/me", cookie)).json()).toMatchObject({ via: "none" });
    expect((await gateway.get("/access/tokens", cookie)).status).toBe(503);
  });
});
