// What is shown of an actor, of its alarms and of its last turns, as schemas.

import { type TUnknown, Type } from "@sinclair/typebox";
import { t } from "elysia";

import { ACTOR_STATUSES, TURN_OUTCOMES } from "#runtime/observe/view.ts";

import { oneOf, wholeNumber } from "./answer-schemas.ts";

/** Any JSON at all: what actors keep and are sent is their authors' own. */
export const anyJson = (description: string): TUnknown => Type.Unknown({ description });

export const actorSchema = t.Object({
  type: t.String(),
  key: t.String(),
  status: oneOf(ACTOR_STATUSES, "`asleep`: stored, not in memory; `quarantined`: shut until it is released"),
  mailbox: wholeNumber("Messages waiting"),
  mailboxBytes: wholeNumber(),
  turns: wholeNumber("Turns run since this activation"),
  idleMs: t.Number({ minimum: 0 }),
});

export const alarmSchema = t.Object({
  name: t.String(),
  dueAt: Type.Integer({ description: "Unix milliseconds" }),
  everyMs: t.Number({ minimum: 0, description: "0: it fires once" }),
  method: t.String(),
  input: t.Optional(anyJson("What the method is given")),
  missed: oneOf(["once", "skip", "all"], "What becomes of firings whose time passed while nobody could run them"),
});

export const turnSchema = t.Object({
  method: t.String({ description: "`(runtime)`: its own doing, such as cancelling an alarm" }),
  outcome: oneOf(TURN_OUTCOMES),
  agoMs: t.Number({ minimum: 0, description: "Since it was over" }),
  waitMs: t.Number({ description: "Its message waited in the mailbox" }),
  durationMs: t.Number({ description: "Of short turns that ran in one go: their mean" }),
});

export const actorExample = {
  type: "counter",
  key: "page/home",
  status: "idle",
  mailbox: 0,
  mailboxBytes: 0,
  turns: 240,
  idleMs: 12,
};

export const alarmExample = {
  name: "reset",
  dueAt: 1_735_689_600_000,
  everyMs: 0,
  method: "clear",
  missed: "once",
};

export const turnExample = { method: "add", outcome: "answered", agoMs: 12, waitMs: 0.021, durationMs: 0.004 };
