// Messages between us and Python's msgpack: each reads what the other writes, and replies are the same to the octet.
import { expect, test } from "bun:test";

import * as fc from "fast-check";

import type { MessagingStore } from "#actors/messaging/messaging-store.ts";
import { problems } from "#actors/messaging/problems.ts";
import { serve } from "#actors/messaging/serve.ts";
import { TestDesk } from "#actors/messaging/test-desk.ts";
import { decodeMessage, encodeMessage } from "#runtime/wire/message-pack.ts";

import { askPython, hasPythonModule } from "./lib/debian-python.ts";

interface Unpacked {
  readonly value: unknown;
  /** `int`, `float`, `str`, … in the place of each value. */
  readonly types: unknown;
  readonly packed: string;
}

interface Exchanged {
  readonly unpacked: readonly Unpacked[];
  /** Each value four times: texts as str, as raw, as bin, and as raw again. */
  readonly packed: readonly (readonly string[])[];
}

const withPython = test.if(hasPythonModule("msgpack"));

const NUMBERS = [0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, -1, -32, -33, -128, -129, -32_768, -32_769]
  .concat([-(2 ** 31), -(2 ** 31) - 1, 1 - 2 ** 53])
  .concat([0.5, -0.1, 5e-324, 1e300, 1_763_800_000.25]);
/** Python writes these as unsigned, we as signed integers of 64 bits. */
const LONG_NUMBERS = [2 ** 32, 1_763_800_000_000, 2 ** 53 - 1];
const TEXTS = ["", "é", "日本", "\u{1F600}", "x".repeat(31), "x".repeat(32), "é".repeat(128), "x".repeat(70_000)];
const VALUES = [null, true, false, [], {}, Array(16).fill(1), Array(60_000).fill(0), { a: [{ "": null }] }];

const drawn = fc.sample(
  fc.dictionary(fc.string({ unit: "grapheme", maxLength: 8 }), fc.jsonValue({ maxDepth: 5 })).filter(isPlain),
  { numRuns: 300, seed: 1 },
);
const all: readonly unknown[] = [...NUMBERS, ...TEXTS, ...VALUES, ...drawn];

async function exchange(unpack: readonly unknown[], pack: readonly unknown[]): Promise<Exchanged> {
  const packed = unpack.map((value) => encodeMessage(value, "msgpack").toString("hex"));
  return (await askPython("message_pack.py", { unpack: packed, pack })) as Exchanged;
}

withPython("Python reads what we write, as the types that it was, and would write the same", async () => {
  const { unpacked } = await exchange(all, []);
  for (const [index, value] of all.entries()) {
    const packed = encodeMessage(value, "msgpack").toString("hex");
    expect(unpacked[index]).toEqual({ value, types: typesOf(value), packed });
  }
});

withPython("Python reads our long integers as integers, and we read Python's", async () => {
  const { unpacked, packed } = await exchange(LONG_NUMBERS, LONG_NUMBERS);
  for (const [index, value] of LONG_NUMBERS.entries()) {
    expect(unpacked[index]).toMatchObject({ value, types: "int" });
    expect(packed[index]?.map(decoded)).toEqual(Array(4).fill(value));
  }
});

withPython("we read what Python writes, its texts as str, as raw of old clients, and as bin", async () => {
  const { packed } = await exchange([], all);
  for (const [index, value] of all.entries()) expect(packed[index]?.map(decoded)).toEqual(Array(4).fill(value));
});

const KNOWN = "Usuário 'bea' já está cadastrado e logado.";

/** Ana is new, Bea is there, and nobody else is. */
const store = {
  login: async ({ user }) => (user === "bea" ? "known" : "added"),
  users: async () => ["ana", "José"],
  createChannel: async () => "added",
  channels: async () => ["geral"],
  publish: async () => 1,
  message: async ({ to }) => (to === "bea" ? 1 : "unknown"),
  history: async () => "unknown",
} satisfies MessagingStore as MessagingStore;

const NOW = { timestamp: "09:11:00" };

/** Requests at 7, and the data of their replies as Python would write it. */
const REPLIES: readonly (readonly [service: string, request: object, reply: object])[] = [
  ["login", { user: "ana" }, { status: "sucesso", description: "Login registrado com sucesso.", user: "ana", ...NOW }],
  ["login", { user: "bea" }, { status: "logado", description: KNOWN, user: "bea", ...NOW }],
  ["login", { user: "" }, { status: "erro", description: problems.badUser.text, ...NOW }],
  ["users", {}, { users: ["ana", "José"], ...NOW }],
  ["channel", { channel: "geral" }, { status: "sucesso", description: "Canal 'geral' criado com sucesso.", ...NOW }],
  ["channels", {}, { channels: ["geral"], ...NOW }],
  ["publish", { user: "ana", channel: "", message: "oi" }, { status: "erro", message: "Canal não existe.", ...NOW }],
  ["logout", {}, { status: "erro", message: "servico desconhecido" }],
  ["publish", { user: "ana", channel: "geral", message: "oi" }, { status: "OK", message: "", ...NOW }],
  ["message", { src: "ana", dst: "bea", message: "oi" }, { status: "OK", ...NOW }],
  ["message", { src: "ana", dst: "x", message: "oi" }, { status: "erro", message: problems.noReceiver.text, ...NOW }],
];

withPython("replies are what Python packs for the same fields in the same order", async () => {
  const expected = REPLIES.map(([service, , data]) => ({
    service: service === "logout" ? "error" : service,
    data: { ...data, clock: 9 },
  }));
  const { packed } = await exchange([], expected);
  for (const [index, [service, data]] of REPLIES.entries()) {
    const reply = await serve(new TestDesk(store), { service, data: { ...data, clock: 7 } });
    expect(encodeMessage(reply, "msgpack").toString("hex")).toBe(packed[index]?.[0] as string);
  }
});

function decoded(hex: string): unknown {
  const message = decodeMessage(Buffer.from(hex, "hex"));
  return message.kind === "value" ? message.value : message.reason;
}

/** As Python calls them. */
function typesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(typesOf);
  if (value === null) return "NoneType";
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typesOf(item)]));
  if (typeof value === "number") return Number.isSafeInteger(value) ? "int" : "float";
  return typeof value === "string" ? "str" : "bool";
}

/** Nothing that is another number for Python, which is given it as JSON, and no key that is refused. */
function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isInteger(value) ? value >> 0 === value && !Object.is(value, -0) : true;
  if (typeof value !== "object" || value === null) return true;
  const isRefused = ["__proto__", "constructor", "prototype"].some((key) => Object.hasOwn(value, key));
  return !isRefused && Object.values(value).every(isPlain);
}
