// Several servers in processes of their own: ranks, elections through kills and pauses, shares of requests, clocks.
import { afterEach, describe, expect, test } from "bun:test";

import { eventually } from "./lib/eventually.ts";
import { TestRequester } from "./lib/messaging-requests.ts";
import { ServerGroup, withoutTimes } from "./lib/server-group.ts";

const groups: ServerGroup[] = [];

afterEach(async () => {
  await Promise.all(groups.splice(0).map((group) => group.stop()));
});

function createGroup(): ServerGroup {
  const group = new ServerGroup();
  groups.push(group);
  return group;
}

describe("three servers", () => {
  test("elect the highest rank, synchronise, and elect again when it is killed", async () => {
    const group = createGroup();
    await group.start("home");
    await group.start("two", { CORREIO_CLOCK_OFFSET_MS: 300 });
    await group.start("three", { CORREIO_CLOCK_OFFSET_MS: -200 });
    const admins = await Promise.all(["home", "two", "three"].map((name) => group.admin(name)));
    const [home, two] = admins as [TestRequester, TestRequester];
    const highest = (await group.list()).at(-1)?.name ?? "";
    const first = await group.follow(highest, admins);
    await eventually("clocks that are synchronised", async () => {
      const standings = await Promise.all(admins.map((admin) => group.standing(admin)));
      return standings.every(({ boundMs = Number.POSITIVE_INFINITY }) => boundMs < 50);
    });
    group.process(highest).signal("SIGKILL");
    const left = highest === "three" ? [home, two] : [home, admins[2] as TestRequester];
    const next = (await group.list()).filter(({ name }) => name !== highest).at(-1)?.name ?? "";
    expect(await group.follow(next, left)).toBeGreaterThan(first);
    for (const admin of left) expect((await group.standing(admin)).steps).toBeLessThanOrEqual(1);
  }, 60_000);
});

describe("a coordinator that was paused", () => {
  test("is none when it comes back, and its instructions are refused", async () => {
    const group = createGroup();
    await group.start("home");
    await group.start("two");
    await group.start("three");
    const admins = await Promise.all(["home", "two", "three"].map((name) => group.admin(name)));
    const list = await group.list();
    const highest = list.at(-1)?.name ?? "";
    const next = list.at(-2)?.name ?? "";
    const first = await group.follow(highest, admins);
    const others = admins.filter((_, index) => ["home", "two", "three"][index] !== highest);
    group.process(highest).signal("SIGSTOP");
    const second = await group.follow(next, others);
    expect(second).toBeGreaterThan(first);
    const stale = { coordinator: highest, epoch: first, time: 1, differenceMs: 1_000 };
    expect(withoutTimes(await (others[0] as TestRequester).ask("clock", stale))).toEqual({
      status: "erro",
      description: "coordenador de uma época passada",
      code: "clock.stale_epoch",
      message: "coordenador de uma época passada",
    });
    group.process(highest).signal("SIGCONT");
    expect(await group.follow(highest, admins)).toBeGreaterThan(second);
  }, 60_000);
});

describe("a rank", () => {
  test("is the same after the reference, and after the server was killed and started again", async () => {
    const group = createGroup();
    const home = await group.start("home");
    await group.start("two");
    await eventually("two servers", async () => (await group.list()).length === 2);
    const before = (await group.list()).map(({ name, rank }) => `${name} ${rank}`);
    home.signal("SIGKILL");
    await home.exit();
    await group.start("home");
    await eventually("both again", async () => (await group.list()).length === 2);
    expect((await group.list()).map(({ name, rank }) => `${name} ${rank}`)).toEqual(before);
    const addressOf = async (): Promise<string> => (await group.list()).map(({ address }) => address)[1] ?? "";
    const killed = await addressOf();
    group.process("two").signal("SIGKILL");
    await group.process("two").exit();
    await group.start("two");
    await eventually("its return", async () => (await addressOf()) !== killed && (await addressOf()).includes(":"));
    expect((await group.list()).map(({ name, rank }) => `${name} ${rank}`)).toEqual(before);
  }, 60_000);
});

describe.each(["estimate", "berkeley"])("a server that joins with a wrong clock, and coordinates by %s", (way) => {
  test("is set to the time of the home, and does not move that", async () => {
    const group = createGroup();
    await group.start("home", { CORREIO_CLOCK_SYNC: way });
    const home = await group.admin("home");
    await eventually("a time of the group", async () => (await group.standing(home)).steps === 1, 20_000);
    await group.start("two", { CORREIO_CLOCK_SYNC: way, CORREIO_CLOCK_OFFSET_MS: 60_000 });
    const two = await group.admin("two");
    await group.follow("two", [home, two]);
    await eventually("its clock being set", async () => (await group.standing(two)).steps === 1, 20_000);
    const [{ time }, { time: homeTime, steps }] = [await group.standing(two), await group.standing(home)];
    expect(Math.abs(time - homeTime)).toBeLessThan(1);
    expect(steps).toBe(1);
  }, 60_000);
});

describe("a server that joins", () => {
  test("serves its share of the requests, from what is kept at home", async () => {
    const group = createGroup();
    await group.start("home", { CORREIO_SERVES: false });
    await group.start("two");
    const client = new TestRequester(group.ports.CORREIO_MESSAGING_PORT);
    const login = { user: "ana" };
    expect(withoutTimes(await client.ask("login", login))).toMatchObject({ status: "sucesso" });
    expect(withoutTimes(await client.ask("login", login))).toMatchObject({ status: "logado" });
    expect(withoutTimes(await client.ask("channel", { channel: "geral" }))).toMatchObject({ status: "sucesso" });
    const said = { user: "ana", channel: "geral", message: "oi" };
    expect(withoutTimes(await client.ask("publish", said))).toEqual({ status: "OK", message: "" });
    const { messages } = (await client.ask("history", { channel: "geral" })) as { messages: { text: string }[] };
    expect(messages.map(({ text }) => text.slice(0, 14))).toEqual(["geral ana: oi "]);
    client.close();
  }, 60_000);

  test("without a name of its own takes one that is free", async () => {
    const group = createGroup();
    await group.start("home");
    await group.start("two", { CORREIO_SERVER_ID: "" });
    await group.start("three", { CORREIO_SERVER_ID: "" });
    await eventually("three servers", async () => (await group.list()).length === 3);
    const names = (await group.list()).map(({ name }) => name.replace(/^.*-/, "-"));
    expect(names).toEqual(["home", "-2", "-3"]);
  }, 60_000);

  test("and goes in good order is listed no more at once", async () => {
    const group = createGroup();
    await group.start("home");
    const two = await group.start("two");
    await eventually("two servers", async () => (await group.list()).length === 2);
    two.signal("SIGTERM");
    expect(await two.exit()).toBe(0);
    expect(await group.list()).toHaveLength(1);
  }, 60_000);
});
