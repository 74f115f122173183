// All experiments: what each asks, the least that shows that it works, and what its kept result is made with.

export interface Experiment {
  /** Of its program in `experiments/`, without the ending. */
  readonly name: string;
  readonly question: string;
  /**
   * Flags for the smallest run that still does and verifies everything; its figures say nothing. `{temporary}` is a
   * folder that is gone afterwards.
   */
  readonly small: string;
  /** Flags for the result that is kept; absent where a program has no result of its own. */
  readonly full?: string;
}

export const EXPERIMENTS: readonly Experiment[] = [
  {
    name: "matrix",
    question: "How long does a session take with so many servers, clients and messages, beside raw Bun, Go and Python?",
    small: "--servers 2 --clients 3 --messages 1,5 --runs 1 --cold --disturbance 99 --out {temporary}/matrix",
    full: "--quick",
  },
  {
    name: "pipeline",
    question: "What do session actors cost, beside a raw `Bun.listen` program, Go and Python?",
    small: "--rounds 1 --requests 2000 --connections 1,50 --in-flight 1,all",
    full: "--quick",
  },
  {
    name: "framing",
    question: "What does it cost to find frames in a chunk, beside a bare `DataView` walk?",
    small: "--sizes 16,1024 --pairs 1 --sample-ms 1",
    full: "",
  },
  {
    name: "mailbox",
    question: "How fast and how small are actors, beside bare Bun, Erlang, nact and XState?",
    small: "--rounds 1 --sample-ms 1 --warm-up-ms 1 --burst 30 --held 100 --sleepers 40 --concurrent 1,4",
    full: "--quick --only ask,tell,durable,memory",
  },
  {
    name: "idle-sessions",
    question: "What memory does an idle session take, and do thousands of them slow the active ones?",
    small: "--sessions 20 --pairs 1 --requests 2000 --connections 2 --settle-ms 50",
    full: "--pairs 2",
  },
  {
    name: "chat",
    question: "What do a room and its server do under crowds, silence, deaths, floods and forgery?",
    small: "--small",
    full: "--quick --only fan-out,idle,ghosts,udp-echo",
  },
  {
    name: "datagrams",
    question: "What does a message cost over reliable datagrams, before any socket?",
    small: "--messages 1000",
    full: "",
  },
  {
    name: "lossy-tcp",
    question: "How late are small messages over TCP under loss, in the kernel and in the relay's model of it?",
    small: "--losses 0.01 --messages 20",
    full: "--losses 0.01,0.05",
  },
  {
    name: "tcp-vs-udp",
    question: "One chat over TCP, plain UDP, reliable datagrams and both: how late is it when packets are lost?",
    small: "--small",
    full: "--only chat,kernel --losses 0.05 --rounds 2 --seconds 6",
  },
  {
    name: "fallback",
    question: "How long does what is said wait for TCP when no datagrams come through?",
    small: "--only both --rounds 1 --cut 2000 --delay 1",
    full: "--rounds 2",
  },
  {
    name: "match",
    question:
      "How soon are moves acknowledged in thousands of matches, what does a player cost, and who is taken for dead?",
    small: "--small --seconds 1",
    full: "--quick --only hosted,memory,idle",
  },
  {
    name: "messaging",
    question: "How do round trips, publications and services over ZeroMQ compare with pyzmq and nats-server?",
    small: "--quick --rounds 1 --trips 50 --subscribers 3 --clients 1 --kills 1",
    full: "--quick",
  },
  {
    name: "clocks",
    question: "How far apart are the clocks of five servers on a bad network, by Berkeley and by the estimator?",
    small: "--quick --only jitter --seconds 1",
    full: "--quick --only jitter,kill",
  },
  {
    name: "gateway",
    question:
      "What do management calls, viewers of the live page and the page itself cost, beside bare Bun and Elysia?",
    small: "--small",
    full: "--quick",
  },
  {
    name: "record",
    question: "What does any program take of processor, memory and network over time?",
    small: "--every 20 --out {temporary}/record.html -- sleep 0.3",
  },
];

export const RESULTS_FOLDER = "experiments/results";

/** What follows `bun` in the smallest run. */
export function smallWords({ name, small }: Experiment): readonly string[] {
  return [programOf(name), ...wordsIn(small)];
}

/** What follows `bun` in the run that leaves the kept result; undefined where there is none. */
export function fullWords({ name, full }: Experiment): readonly string[] | undefined {
  if (full === undefined) return undefined;
  return [programOf(name), ...wordsIn(full), "--result", `${RESULTS_FOLDER}/${name}.json`];
}

function programOf(name: string): string {
  return `experiments/${name}.ts`;
}

function wordsIn(flags: string): readonly string[] {
  return flags.split(" ").filter((word) => word !== "");
}
