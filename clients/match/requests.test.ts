// Replies that are awaited: which command each answers, and how many may be.
import { expect, test } from "bun:test";

import { FakeClock } from "#runtime/testing/fake-clock.ts";

import { Actions } from "../machine/actions.ts";
import { AWAITED_MAX, REPLY_WITHIN_MS } from "./limits.ts";
import { Requests } from "./requests.ts";

function begin() {
  const clock = new FakeClock();
  const said: string[] = [];
  const requests = new Requests(new Actions(), (text) => said.push(text), clock);
  const answered: string[] = [];
  const ask = (command: string, note: string): void =>
    requests.ask([command], { done: (fields) => answered.push(`${note}: ${fields.join(" ")}`) });
  return { clock, said, requests, answered, ask };
}

test("a reply answers the oldest command of its name, whatever else is awaited", () => {
  const { requests, answered, ask } = begin();
  ask("list", "one");
  ask("leaders", "two");
  ask("list", "three");
  expect(requests.done("leaders", ["ana:1"])).toBe(true);
  expect(requests.done("list", ["ana"])).toBe(true);
  expect(requests.done("list", ["bea"])).toBe(true);
  expect(requests.done("list", [])).toBe(false);
  expect(answered).toEqual(["two: ana:1", "one: ana", "three: bea"]);
});

test("each must come within its time, and what is lost is told by its name alone", () => {
  const { clock, said, requests, ask } = begin();
  expect(requests.wakeAtMs).toBe(Number.POSITIVE_INFINITY);
  ask("list", "");
  expect(requests.wakeAtMs).toBe(clock.monotonicMs() + REPLY_WITHIN_MS);
  requests.ask(["login", "ana", "segredo"], { done: () => undefined });
  requests.lost();
  expect(said).toEqual(["Sem resposta: list", "Sem resposta: login"]);
  expect(requests.count).toBe(0);
});

test("there are so many and no more", () => {
  const { requests, ask } = begin();
  for (let count = 0; count < AWAITED_MAX - 1; count++) ask("list", "");
  expect(requests.isFull).toBe(false);
  ask("list", "");
  expect(requests.isFull).toBe(true);
});
