// What the two processes of the crash test tell each other: a plan once, at the start; then lines, each a message.
import type { EntryPage, NotedFiring } from "./crash-actors.ts";
import type { FaultName } from "./crash-faults.ts";
import type { Operation } from "./crash-operations.ts";

/** One life of the process, from its start to its kill. */
export interface Plan {
  readonly path: string;
  readonly sync: "full" | "normal";
  readonly seed: number;
  readonly life: number;
  readonly clients: number;
  /** How many operations each client does; then it waits for the end. */
  readonly operationsMax: number;
  /** The wall clock is that far ahead: so much more time has passed while the process was dead. */
  readonly aheadMs: number;
  /** Something planted, that the test must find. */
  readonly fault?: FaultName;
  /** To be sent again under the same `once`. */
  readonly retries: readonly Operation[];
  /** Lists to be shown, from the entry after this one on. */
  readonly places: readonly { readonly place: string; readonly after: number }[];
  /** Of earlier lives: to be ended and shown, once what is due has fired, or after this time. */
  readonly timekeepers: readonly string[];
  readonly dueWithinMs: number;
  /** Without load it is the last life, which ends by itself. */
  readonly load: boolean;
}

export interface ShownPlace extends EntryPage {
  readonly place: string;
}

export interface ShownTimekeeper {
  readonly key: string;
  readonly firings: readonly NotedFiring[];
  /** When it was ended, perhaps in a life before; in Unix milliseconds. */
  readonly finishedAt: number;
}

export interface Ready {
  readonly kind: "ready";
  readonly epoch: number;
  readonly unixMs: number;
  readonly quarantines: number;
  readonly letters: number;
}

export interface Checked {
  readonly kind: "checked";
  readonly places: readonly ShownPlace[];
  readonly timekeepers: readonly ShownTimekeeper[];
}

export interface Figures {
  readonly kind: "figures";
  readonly activations: number;
  readonly hibernations: number;
  readonly commits: number;
}

export type Message =
  | Ready
  /** A retry was answered. */
  | { readonly kind: "again"; readonly id: string; readonly answer: number }
  | Checked
  /** From now on the clients ask. */
  | { readonly kind: "begun" }
  /** Each of them has been answered once. */
  | { readonly kind: "loaded" }
  /** An operation was answered; each client's numbers follow each other. */
  | { readonly kind: "acknowledged"; readonly client: number; readonly number: number; readonly answer: number }
  | Figures
  /** What must not happen at all. */
  | { readonly kind: "fault"; readonly what: string }
  | { readonly kind: "ended" };
