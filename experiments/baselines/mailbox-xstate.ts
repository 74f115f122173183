// A peer of the mailbox experiment: XState's actors, which are sent events and looked at, but cannot be asked.

import { type ActorRefFrom, assign, createActor, setup } from "xstate";

import { worksOf } from "../lib/mailbox-loops.ts";
import { runWorks, type Subject } from "../lib/mailbox-work.ts";

const counter = setup({
  types: {
    context: {} as { readonly count: number; readonly sum: number },
    events: {} as { readonly type: "put"; readonly amount: number },
  },
}).createMachine({
  context: { count: 0, sum: 0 },
  on: {
    put: {
      actions: assign(({ context, event }) => ({ count: context.count + 1, sum: context.sum + event.amount })),
    },
  },
});

type Ref = ActorRefFrom<typeof counter>;

/** An event is handled before `send` returns; to ask is to send and then look, for rows that need one message each. */
function createSubject(): Subject<Ref> {
  const refs: Ref[] = [];
  return {
    start: (index) => (refs[index] = createActor(counter).start()),
    find: (index) => refs[index]!,
    async ask(ref, amount) {
      const before = ref.getSnapshot().context.sum;
      ref.send({ type: "put", amount });
      return ref.getSnapshot().context.sum - before;
    },
    tell: (ref, amount) => ref.send({ type: "put", amount }),
    async totals(ref) {
      const { count, sum } = ref.getSnapshot().context;
      return { count, sum };
    },
  };
}

if (import.meta.main) {
  const { tell, activation, memory } = worksOf(createSubject());
  await runWorks(() => ({ tell, activation, memory }));
}
