// For tests: actors that do what actors may do, behind a gateway on a free port.

import { actor, t } from "#runtime/mod.ts";
import { createSteppedNode } from "#runtime/testing/stepped-node.ts";

import { startGatewayTo, withToken } from "./stand-in.ts";

export const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true, mailbox: { capacity: 2 } })
  .on("add", { in: t.Object({ amount: t.Integer() }), out: t.Integer() }, (counter, { amount }) => {
    if (amount === 0) throw counter.refuse("counter.nothing_to_add", "Nothing to add");
    counter.state.count += amount;
    return counter.state.count;
  })
  .on("clear", {}, (counter) => void (counter.state.count = 0))
  .on("crash", {}, (counter) => {
    counter.state.count = -1;
    throw new Error("the secret is 42");
  })
  .on("wait", {}, (counter) => counter.sleep(1_000))
  .read("value", { out: t.Integer() }, (counter) => counter.state.count);

export const Odd = actor("odd", { state: () => ({ turns: 0 }) })
  .on("date", { out: t.Any() }, () => new Date(0))
  .on("text", { out: t.Integer() }, () => "no number" as unknown as number)
  .on("nothing", { out: t.Any() }, () => undefined)
  .on("patience", {}, ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())))
  .on("tree", { in: t.Any(), out: t.Any() }, (_, input: unknown) => input)
  .read("name", { out: t.String() }, (odd) => odd.key);

const Loop = actor("loop", { state: () => ({}) }).on("ask", { in: t.String() }, async (loop, next): Promise<void> => {
  const other = loop.ref(Loop as never, next) as unknown as { ask(next: string): Promise<void> };
  await other.ask(loop.key);
});

/** What is in it is for those who hold the token. */
export const Diary = actor("diary", { state: () => ({ secret: "" }), durable: true, private: true })
  .on("write", { in: t.String() }, (diary, secret) => void (diary.state.secret = secret))
  .on("burn", { in: t.String() }, () => {
    throw new Error("no matches");
  })
  .read("read", { out: t.String() }, (diary) => diary.state.secret);

export function startActors() {
  const node = createSteppedNode([Counter, Odd, Loop, Diary]);
  const gateway = startGatewayTo(node.view);
  return {
    ...node,
    ...gateway,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    /** With the token; an input is sent as JSON. */
    call: (path: string, input?: unknown, headers: Record<string, string> = {}) => {
      const body = input === undefined ? undefined : JSON.stringify(input);
      const json = body === undefined ? {} : { "Content-Type": "application/json" };
      return node.serve(gateway.send("POST", `/actors/${path}`, { ...withToken, ...json, ...headers }, body));
    },
  };
}
