// The examples of docs/actors.md, run as they stand there: every block of TypeScript in it is part of this file.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { startNode } from "correio/node";

import { actor, limits, Refusal, type Static, t, topic } from "#runtime/mod.ts";
import { ending, explore, MemoryDisk, SteppedSystem, type World } from "#runtime/testing/mod.ts";

import { projectFolder } from "./lib/source-files.ts";

const guide = readFileSync(join(projectFolder, "docs/actors.md"), "utf8");

const Line = t.Object({ cents: t.Integer(), text: t.String() });
const bookings = topic("bookings", Line);

const Amount = t.Object({ cents: t.Integer({ minimum: 1 }) });

const Account = actor("account", { state: () => ({ cents: 0, lines: 0 }), durable: true })
  .on("deposit", { in: Amount, out: t.Integer() }, (account, { cents }) => {
    account.state.cents += cents;
    return account.state.cents;
  })
  .on("withdraw", { in: Amount, out: t.Integer() }, (account, { cents }) => {
    if (cents > account.state.cents) throw account.refuse("account.too_little");
    account.state.cents -= cents;
    return account.state.cents;
  })
  .read("balance", { out: t.Integer() }, (account) => account.state.cents)
  .on("book", { in: Line, out: t.Integer() }, (account, line) => {
    const { state, rows } = account;
    if (state.cents + line.cents < 0) throw account.refuse("account.too_little");
    state.cents += line.cents;
    state.lines += 1;
    rows.put(`line/${String(state.lines).padStart(9, "0")}`, line);
    account.publish(bookings("main street"), line);
    return state.cents;
  })
  .read("statement", { in: t.Object({ last: t.Integer() }), out: t.Array(Line) }, async ({ rows }, { last }) => {
    const found = await rows.range({ from: "line/", before: "line0", reverse: true, limit: last });
    return found.map(({ value }) => value as Static<typeof Line>);
  })
  .read("worth", { in: t.Object({ currency: t.String() }), out: t.Number() }, async (account, { currency }) => {
    const rate = await account.ref(Rates, currency).today(undefined, { timeoutMs: 2_000 });
    return account.state.cents * rate;
  })
  .on("save", {}, (account) => {
    account.alarm("interest", { everyMs: 86_400_000, send: "addInterest", missed: "all" });
  })
  .on("addInterest", {}, ({ state }) => {
    state.cents += Math.floor(state.cents / 100);
  })
  .on("close", {}, (account) => account.destroy());

const Rates = actor("rates", { state: () => ({}) }).read("today", { out: t.Number() }, async (rates) => {
  await rates.sleep(200); // stands for a slow service: await fetch(url, { signal: rates.signal })
  return 0.25;
});

const Order = t.Object({ from: t.String(), to: t.String(), cents: t.Integer({ minimum: 1 }) });

const Transfer = actor("transfer", { state: () => ({ from: "", to: "", cents: 0, step: "new" }), durable: true })
  .on("start", { in: Order }, (transfer, order) => {
    if (transfer.state.step !== "new") throw transfer.refuse("transfer.started_already");
    transfer.state = { ...order, step: "started" };
    transfer.alarm("try", { afterMs: 0, send: "attempt" });
  })
  .on("attempt", {}, async (transfer) => {
    const { key, state } = transfer;
    transfer.alarm("try", { afterMs: 10_000, send: "attempt" }); // again, unless this attempt ends it
    try {
      const payer = transfer.ref(Account, state.from);
      await payer.book({ cents: -state.cents, text: `to ${state.to}` }, { once: `take ${key}` });
      const payee = transfer.ref(Account, state.to);
      await payee.book({ cents: state.cents, text: `from ${state.from}` }, { once: `give ${key}` });
      state.step = "done";
    } catch (error) {
      if (!(error instanceof Refusal)) return; // nobody knows: the alarm tries again
      state.step = error.code;
    }
    transfer.cancelAlarm("try");
  })
  .read("step", { out: t.String() }, (transfer) => transfer.state.step);

const Gone = t.Object({ type: t.String(), key: t.String(), reason: t.String() });
const Report = t.Object({ booked: t.Integer(), minutes: t.Integer(), lost: t.String() });

const Teller = actor("teller", { state: () => ({ booked: 0, minutes: 0, lost: "" }) })
  .on("begin", { in: t.Object({ account: t.String() }) }, (teller, { account }) => {
    teller.subscribe(bookings("main street"), "booked");
    teller.watch(teller.ref(Account, account), "gone");
    teller.timer("clock", { everyMs: 60_000, send: "minute" });
  })
  .on("booked", { in: Line }, ({ state }, { cents }) => void (state.booked += cents))
  .on("gone", { in: Gone }, ({ state }, { key, reason }) => void (state.lost = `${key}: ${reason}`))
  .on("minute", {}, ({ state }) => void (state.minutes += 1))
  .on("end", {}, (teller) => teller.stop())
  .read("report", { out: Report }, ({ state }) => ({ ...state }));

/** Runs it in many orders: each seed has its own pace of the store, and its own time between the steps. */
async function run(scenario: (node: World) => Promise<void>): Promise<void> {
  await explore({ types: [Account, Transfer, Teller, Rates], scenario, runs: 20 });
}

test("an account answers, refuses, and is there after a crash", () =>
  run(async (node) => {
    const ana = node.ref(Account, "ana");
    expect(await ana.deposit({ cents: 500 })).toBe(500);
    expect(await ana.withdraw({ cents: 100 })).toBe(400);
    await expect(ana.withdraw({ cents: 900 })).rejects.toMatchObject({ code: "account.too_little" });
    expect(ana.tell.deposit({ cents: 50 })).toEqual({ accepted: true });
    expect(await ana.balance()).toBe(450);
    await node.crash();
    expect(await ana.balance()).toBe(450);
  }));

test("a call takes options", () =>
  run(async (node) => {
    const ana = node.ref(Account, "ana");
    const rates = node.ref(Rates, "EUR");
    expect(await ana.deposit({ cents: 500 }, { once: "slip 17" })).toBe(500);
    expect(await ana.deposit({ cents: 500 }, { once: "slip 17" })).toBe(500); // the first answer, again
    expect(await ana.balance()).toBe(500);
    const late = rates.today(undefined, { timeoutMs: 100 });
    await expect(late).rejects.toMatchObject({ code: "actor.deadline_passed" });
    const given = rates.today(undefined, { signal: AbortSignal.abort() });
    await expect(given).rejects.toMatchObject({ code: "actor.cancelled" });
  }));

test("rows are a statement, the latest first", () =>
  run(async (node) => {
    const ana = node.ref(Account, "ana");
    await ana.book({ cents: 500, text: "salary" });
    await ana.book({ cents: -200, text: "rent" });
    expect(await ana.statement({ last: 1 })).toEqual([{ cents: -200, text: "rent" }]);
    expect((await ana.statement({ last: 10 })).map(({ text }) => text)).toEqual(["rent", "salary"]);
  }));

test("reads that wait share the account", () =>
  run(async (node) => {
    const ana = node.ref(Account, "ana");
    await ana.deposit({ cents: 500 });
    const worth = ana.worth({ currency: "EUR" });
    expect(await ana.balance()).toBe(500); // does not wait for the rate
    expect(await ana.deposit({ cents: 100 })).toBe(600); // waits until the read is over
    expect(await worth).toBe(125);
  }));

test("a transfer is made once, or refused", () =>
  run(async (node) => {
    const ana = node.ref(Account, "ana");
    const bea = node.ref(Account, "bea");
    await ana.deposit({ cents: 500 });
    await node.ref(Transfer, "1").start({ from: "ana", to: "bea", cents: 200 });
    await node.ref(Transfer, "2").start({ from: "ana", to: "bea", cents: 900 });
    await node.sleep(60_000);
    expect(await node.ref(Transfer, "1").step()).toBe("done");
    expect(await node.ref(Transfer, "2").step()).toBe("account.too_little");
    expect([await ana.balance(), await bea.balance()]).toEqual([300, 200]);
    await expect(node.ref(Transfer, "1").start({ from: "bea", to: "ana", cents: 1 })).rejects.toMatchObject({
      code: "transfer.started_already",
    });
  }));

test("a transfer is made once whatever fails meanwhile", async () => {
  await explore({
    types: [Account, Transfer, Teller, Rates],
    runs: 30,
    faults: { crash: 0.02, commitFails: 0.1, answerLost: 0.1, readFails: 0.02 },
    async scenario(world) {
      const deposit = () => ending(world.ref(Account, "ana").deposit({ cents: 500 }, { once: "slip 1" }));
      while ((await deposit()).kind === "failed") await world.sleep(1_000);
      const transfer = world.ref(Transfer, "1");
      const order = { from: "ana", to: "bea", cents: 200 };
      while ((await ending(transfer.start(order, { once: "order 1" }))).kind === "failed") await world.sleep(1_000);
      const step = async () => (await ending(transfer.step())) as { value?: string };
      while ((await step()).value !== "done") await world.sleep(10_000);
    },
    async check(world) {
      expect(await world.ref(Account, "ana").balance()).toBe(300);
      expect(await world.ref(Account, "bea").balance()).toBe(200);
      expect(await world.ref(Account, "bea").statement({ last: 10 })).toHaveLength(1);
    },
  });
});

test("interest comes every day, also for the days when nobody was there", async () => {
  const stepped = new SteppedSystem([Account]);
  const ana = stepped.ref(Account, "ana");
  await stepped.outcome(ana.deposit({ cents: 10_000 }));
  await stepped.outcome(ana.save());
  await stepped.advance(86_400_000);
  expect(await stepped.outcome(ana.balance())).toEqual({ kind: "answered", value: 10_100 });
  stepped.kill();
  await stepped.advance(2 * 86_400_000);
  await stepped.restart();
  await stepped.advance(1_000);
  expect(await stepped.outcome(ana.balance())).toEqual({ kind: "answered", value: 10_303 });
});

test("a teller hears of bookings, of the end of an account, and of the time", () =>
  run(async (node) => {
    const ana = node.ref(Account, "ana");
    const teller = node.ref(Teller, "rui");
    await teller.begin({ account: "ana" });
    await ana.book({ cents: 500, text: "salary" });
    await ana.close();
    await node.sleep(180_000);
    expect(await teller.report()).toEqual({ booked: 500, minutes: 3, lost: "ana: destroyed" });
    expect(await ana.statement({ last: 10 })).toEqual([]); // as an account that nobody has used yet
    await teller.end();
    expect(await teller.report()).toEqual({ booked: 0, minutes: 0, lost: "" });
  }));

const LaterAccount = actor("account", {
  state: (key) => ({ cents: 0, lines: 0, owner: key }),
  durable: true,
  version: 2, // it was 1, which is what an actor has that says none
  upgrade: { 1: (old: { cents: number; lines: number }) => ({ ...old, owner: "unknown" }) },
  indexed: ["owner"], // GET /actors?type=account&field=owner&value=Ana
  hibernateAfterMs: 30_000, // leaves memory after half a minute without a message
})
  .on("rename", { in: t.String() }, (account, owner) => void (account.state.owner = owner))
  .read("owner", { out: t.String() }, (account) => account.state.owner);

test("an account of the first release wakes as one of the next", async () => {
  const disk = new MemoryDisk();
  const before = new SteppedSystem([Account], { disk });
  await before.outcome(before.ref(Account, "ana").deposit({ cents: 500 }));
  before.kill();
  const after = new SteppedSystem([LaterAccount], { disk });
  const ana = after.ref(LaterAccount, "ana");
  expect(await after.outcome(ana.owner())).toEqual({ kind: "answered", value: "unknown" });
  expect(await after.outcome(after.ref(LaterAccount, "bea").owner())).toEqual({ kind: "answered", value: "bea" });
});

test("an account sleeps when it is idle, and is found by what it was when it was stored last", async () => {
  const stepped = new SteppedSystem([LaterAccount]);
  await stepped.outcome(stepped.ref(LaterAccount, "ana").rename("Ana"));
  await stepped.advance(30_000);
  expect(stepped.resident(LaterAccount)).toEqual([]);
  const where = { field: "owner", value: "Ana" };
  const found = stepped.system.store.keys({ type: "account", keyPrefix: "", after: "", limit: 10, where });
  expect(await stepped.outcome(found)).toEqual({ kind: "answered", value: ["ana"] });
  expect(await stepped.outcome(stepped.ref(LaterAccount, "ana").owner())).toEqual({ kind: "answered", value: "Ana" });
});

test("a program of one's own starts a node", async () => {
  const node = await startNode({ types: [Account, Transfer, Teller, Rates] });
  expect(await node.ref(Account, "ana").deposit({ cents: 500 })).toBe(500);
  await node.stop();
});

test("the limits that the page names are those of limits.ts", () => {
  const here = Object.entries(limits).map(([name, value]) => `${name}: ${value}`);
  const rows = [...guide.matchAll(/^\| `(\w+)` +\| ([\d ]+?) +\|/gm)];
  const shown = rows.map(([, name = "", value = ""]) => `${name}: ${value.replaceAll(" ", "")}`);
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.filter((row) => !here.includes(row))).toEqual([]);
});

test("docs/actors.md shows what is here", () => {
  const blocks = Array.from(guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, text = ""]) => flat(text));
  const here = flat(readFileSync(import.meta.path, "utf8"));
  expect(blocks.filter((block) => !here.includes(block))).toEqual([]);
  expect(blocks.length).toBeGreaterThan(10);
});

/** Without indents and the last semicolon: a block stands for itself there, and inside of something here. */
function flat(text: string): string {
  return text.replace(/^ +/gm, "").replace(/;?\n$/, "");
}
