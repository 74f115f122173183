// A peer of the mailbox experiment: nact's actors, asked with `query` and told with `dispatch`.

import { dispatch, query, type Ref as NactRef, spawn, start } from "nact";

import { worksOf } from "../lib/mailbox-loops.ts";
import type { Totals } from "../lib/mailbox-rows.ts";
import { runWorks, type Subject } from "../lib/mailbox-work.ts";

type Message =
  | { readonly kind: "add"; readonly amount: number; readonly sender: NactRef<number> }
  | { readonly kind: "put"; readonly amount: number }
  | { readonly kind: "totals"; readonly sender: NactRef<Totals> };
type Ref = NactRef<Message>;

/** Longer than the machine may stand still: what is measured is how fast, not whether. */
const timeoutMs = 60_000;

/** A new state for each message, as nact has it. */
function count(state: Totals, message: Message): Totals {
  if (message.kind === "totals") {
    dispatch(message.sender, state);
    return state;
  }
  if (message.kind === "add") dispatch(message.sender, message.amount);
  return { count: state.count + 1, sum: state.sum + message.amount };
}

function createSubject(): Subject<Ref> {
  const system = start();
  const refs: Ref[] = [];
  const initialState: Totals = { count: 0, sum: 0 };
  const startCounter = (index: number): Ref => (refs[index] = spawn(system, count, `actor-${index}`, { initialState }));
  const startRelay = (name: string, next: Ref): Ref => spawn(system, relayTo(next), name);
  return {
    start: startCounter,
    find: (index) => refs[index]!,
    ask,
    tell: (ref, amount) => dispatch(ref, { kind: "put", amount }),
    totals: askTotals,
    startChain() {
      const last = startCounter(0);
      const first = startRelay("first", startRelay("middle", last));
      return { ask: (amount) => ask(first, amount), totals: () => askTotals(last) };
    },
  };
}

function ask(ref: Ref, amount: number): Promise<number> {
  return query(ref, (sender: NactRef<number>) => ({ kind: "add", amount, sender }), timeoutMs);
}

function askTotals(ref: Ref): Promise<Totals> {
  return query(ref, (sender: NactRef<Totals>) => ({ kind: "totals", sender }), timeoutMs);
}

function relayTo(next: Ref): (state: undefined, message: Message) => Promise<undefined> {
  return async (state, message) => {
    if (message.kind === "add") dispatch(message.sender, await ask(next, message.amount));
    return state;
  };
}

if (import.meta.main) await runWorks(() => worksOf(createSubject()));
