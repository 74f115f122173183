// Probes: stand-ins that write down what they hear, and answer what they were told to.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { createProbe } from "./probe.ts";
import { SteppedSystem } from "./stepped-system.ts";

const Mail = actor("mail", { state: () => ({ sent: 0 }) })
  .on("send", { in: t.Object({ text: t.String() }) }, ({ state }) => void state.sent++)
  .read("price", { in: t.String(), out: t.Integer() }, () => 1);

const Shop = actor("shop", { state: () => ({}) })
  .on("sell", { in: t.String() }, (self, text) => void self.ref(Mail, "out").tell.send({ text }))
  .on("ask", { in: t.String(), out: t.Integer() }, (self, what) => self.ref(Mail, "out").price(what));

function begin() {
  const mail = createProbe(Mail);
  const stepped = new SteppedSystem([Shop, mail.type]);
  return { mail, stepped, shop: stepped.ref(Shop, "s") };
}

describe("a probe", () => {
  test("writes down what is sent to the type it stands for, with the key", async () => {
    const { mail, stepped, shop } = begin();
    shop.tell.sell("one");
    await stepped.runAll();
    expect(mail.received).toEqual([{ key: "out", method: "send", input: { text: "one" } }]);
  });

  test("gives what it has heard one after the other, and then nothing", async () => {
    const { mail, stepped, shop } = begin();
    for (const text of ["one", "two"]) shop.tell.sell(text);
    await stepped.runAll();
    mail.expect("send", { text: "one" });
    mail.expect("send");
    mail.expectNothing();
  });

  test("says what it has heard instead of what was expected", async () => {
    const { mail, stepped, shop } = begin();
    shop.tell.sell("one");
    await stepped.runAll();
    expect(() => mail.expectNothing()).toThrow('it heard send({"text":"one"}) for "out"');
    expect(() => mail.expect("price")).toThrow('Expected price() next in "mail", but it heard send({"text":"one"})');
    expect(() => mail.expect("send", { text: "two" })).toThrow('Expected send({"text":"two"}) next in "mail"');
  });

  test("can be waited for", async () => {
    const { mail, stepped, shop } = begin();
    const next = mail.next();
    shop.tell.sell("one");
    await stepped.runAll();
    expect(await next).toMatchObject({ input: { text: "one" } });
    mail.expectNothing();
  });

  test("answers what it was told, once or from now on, by the input where it should", async () => {
    const { mail, stepped, shop } = begin();
    mail.answer("price", (what) => what.length);
    mail.answerNext("price", 100);
    const answers = [];
    for (const what of ["tea", "coffee"]) answers.push(await stepped.outcome(shop.ask(what)));
    expect(answers).toMatchObject([{ value: 100 }, { value: 6 }]);
  });

  test("answers when the test lets it", async () => {
    const { mail, stepped, shop } = begin();
    const { promise, resolve } = Promise.withResolvers<number>();
    mail.answer("price", () => promise);
    const asked = shop.ask("tea");
    expect(await stepped.outcome(asked)).toEqual({ kind: "pending" });
    resolve(7);
    expect(await stepped.outcome(asked)).toEqual({ kind: "answered", value: 7 });
  });

  test("refuses, when it was told to", async () => {
    const { mail, stepped, shop } = begin();
    mail.refuse("price", "mail.closed");
    expect(await stepped.outcome(shop.ask("tea"))).toMatchObject({ code: "mail.closed" });
  });

  test("crashes when it was not told what a method answers that has an answer", async () => {
    const { stepped, shop } = begin();
    expect(await stepped.outcome(shop.ask("tea"))).toMatchObject({ code: "actor.crashed" });
    expect(stepped.crashes[0]).toContain('The probe "mail" was not told what price answers');
  });

  test("forgets all of it", async () => {
    const { mail, stepped, shop } = begin();
    mail.answer("price", 1);
    await stepped.outcome(shop.ask("tea"));
    mail.forget();
    expect(mail.received).toEqual([]);
    expect(await stepped.outcome(shop.ask("tea"))).toMatchObject({ code: "actor.crashed" });
  });

  test("stands for a durable type too: callers may say `once`", async () => {
    const Bank = actor("bank", { state: () => ({}), durable: true }).on("pay", { out: t.Integer() }, () => 1);
    const bank = createProbe(Bank);
    const stepped = new SteppedSystem([bank.type]);
    bank.answer("pay", 5);
    for (let time = 0; time < 2; time++) {
      expect(await stepped.outcome(stepped.ref(Bank, "b").pay(undefined, { once: "x" }))).toMatchObject({ value: 5 });
    }
    expect(bank.received).toHaveLength(1);
  });

  test("of its own type hears anything", async () => {
    const ear = createProbe();
    const stepped = new SteppedSystem([ear.type]);
    stepped.ref(ear.type, "e").tell.hear({ any: "thing" });
    await stepped.runAll();
    ear.expect("hear", { any: "thing" });
  });
});
