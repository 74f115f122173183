// The loops that the mailbox experiment times, the same code for every program: asks, tells, starts, and what is held.
import type { MailboxSample, RowKind, Totals } from "./mailbox-rows.ts";
import {
  add,
  Amounts,
  askEach,
  measureRate,
  memoryInUse,
  memorySince,
  type Subject,
  totalsOfEach,
  type WorkParameters,
  type Works,
} from "./mailbox-work.ts";

/** Asks of one timed batch: reading the clock for each would be measured too. */
const batchSize = 1_000;
/** Started actors stay: more of them would measure the memory of the machine. */
const warmedActorsMax = 100_000;
const timedActorsMax = 300_000;
const heldInWarmUp = 1_000;
const inMemory = ["ask", "in-flight", "tell", "chain", "activation", "memory"] as const satisfies RowKind[];

/** The rows that need nothing but actors in memory. */
export function worksOf<Ref>(subject: Subject<Ref>): Pick<Required<Works>, (typeof inMemory)[number]> {
  return {
    ask: (parameters) => askInSequence(subject, parameters),
    "in-flight": (parameters) => askInFlight(subject, parameters),
    tell: (parameters) => tellInBursts(subject, parameters),
    chain: (parameters) => askThroughChain(subject, parameters),
    activation: (parameters) => startAndAsk(subject, parameters),
    memory: (parameters) => holdActors(subject, parameters),
  };
}

async function askInSequence<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const ref = subject.start(0);
  const amounts = new Amounts();
  let answered = 0;
  const timed = await measureRate(parameters, async () => {
    for (let count = 0; count < batchSize; count++) answered += await subject.ask(ref, amounts.next());
    return batchSize;
  });
  const { sent } = amounts;
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, await subject.totals(ref)] };
}

async function askInFlight<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const ref = subject.start(0);
  const amounts = new Amounts();
  const answers: Promise<number>[] = [];
  const { size } = parameters;
  let answered = 0;
  const timed = await measureRate(parameters, async () => {
    for (let index = 0; index < size; index++) answers[index] = subject.ask(ref, amounts.next());
    for (let index = 0; index < size; index++) answered += await answers[index]!;
    return size;
  });
  const { sent } = amounts;
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, await subject.totals(ref)] };
}

/** A burst, then an ask for what has arrived: a message that was dropped is found, and no mailbox overflows. */
async function tellInBursts<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const ref = subject.start(0);
  const amounts = new Amounts();
  const { size } = parameters;
  let totals: Totals = { count: 0, sum: 0 };
  const timed = await measureRate(parameters, async () => {
    for (let count = 0; count < size; count++) subject.tell(ref, amounts.next());
    totals = await subject.totals(ref);
    if (totals.count !== amounts.sent) throw new Error(`Lost messages: ${totals.count} of ${amounts.sent} arrived`);
    return size;
  });
  return { ...timed, sent: amounts.sent, counted: [totals] };
}

async function askThroughChain<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  if (subject.startChain === undefined) throw new TypeError("Cannot run the chain: this program does not have one");
  const chain = subject.startChain();
  const amounts = new Amounts();
  let answered = 0;
  const timed = await measureRate(parameters, async () => {
    for (let count = 0; count < batchSize; count++) answered += await chain.ask(amounts.next());
    return batchSize;
  });
  const { sent } = amounts;
  return { ...timed, sent, counted: [{ count: sent, sum: answered }, await chain.totals()] };
}

async function startAndAsk<Ref>(subject: Subject<Ref>, parameters: WorkParameters): Promise<MailboxSample> {
  const amounts = new Amounts();
  const { size } = parameters;
  let started = 0;
  let answered = 0;
  const start = (index: number): Ref => subject.start(index);
  const batch = async (): Promise<number> => {
    const { sum } = await askEach(subject, start, { from: started, to: started + size, amounts });
    started += size;
    answered += sum;
    return size;
  };
  const timed = await measureRate(parameters, batch, { warmUp: warmedActorsMax, timed: timedActorsMax });
  const counted = [{ count: started, sum: answered }, await totalsOfEach(subject, 0, started)];
  return { ...timed, sent: amounts.sent, counted };
}

/** Each actor has handled one message, so that it holds all that an idle one holds. */
async function holdActors<Ref>(subject: Subject<Ref>, { size }: WorkParameters): Promise<MailboxSample> {
  const amounts = new Amounts();
  const start = (index: number): Ref => subject.start(index);
  const together = { count: 0, sum: 0 };
  add(together, await askEach(subject, start, { from: 0, to: heldInWarmUp, amounts }));
  await totalsOfEach(subject, 0, heldInWarmUp);
  const before = memoryInUse();
  const startedMs = performance.now();
  const all = heldInWarmUp + size;
  add(together, await askEach(subject, start, { from: heldInWarmUp, to: all, amounts }));
  const seconds = (performance.now() - startedMs) / 1_000;
  const memory = memorySince(before);
  const counted = [together, await totalsOfEach(subject, 0, all)];
  return { operations: size, seconds, ...memory, sent: amounts.sent, counted };
}
