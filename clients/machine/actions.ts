// Clients as machines: what happens goes in, what is to be done comes out. A machine does nothing itself.

/** `main` carries everything. In hybrid mode `data` carries messages while it is bound; `main` the rest. */
export type LinkName = "main" | "data";

export type Action =
  /** `port` where the server has named one. */
  | { readonly kind: "open"; readonly link: LinkName; readonly port?: number }
  | { readonly kind: "send"; readonly link: LinkName; readonly line: string }
  | { readonly kind: "close"; readonly link: LinkName }
  /** One line, safe to show. */
  | { readonly kind: "print"; readonly text: string }
  /** The end of the program. Nothing follows. */
  | { readonly kind: "finish"; readonly exitCode: number };

export type Happening =
  | { readonly kind: "opened"; readonly link: LinkName }
  /** Without its ending. */
  | { readonly kind: "received"; readonly link: LinkName; readonly line: string }
  /** By itself; what we close is told by nobody. */
  | { readonly kind: "lost"; readonly link: LinkName; readonly reason: string }
  | { readonly kind: "typed"; readonly line: string }
  /** Nothing more will be typed. `isPatient`: what was typed is still to be done. */
  | { readonly kind: "ended"; readonly isPatient: boolean }
  | { readonly kind: "interrupted" }
  /** It is `wakeAtMs`, or later. */
  | { readonly kind: "woken" };

export interface Machine {
  /** What stands before the line being typed. */
  readonly prompt: string;
  /** Monotonic time at which `woken` is due, whatever else happens. */
  readonly wakeAtMs: number;
  /** Of lines that come from a pipe: whether this one may come now. */
  isReadyFor(line: string): boolean;
  /** Returns what is to be done, in its order. */
  take(happening: Happening): readonly Action[];
}

export class Actions {
  #list: Action[] = [];

  add(action: Action): void {
    this.#list.push(action);
  }

  print(text: string): void {
    this.add({ kind: "print", text });
  }

  /** In the order they are to be done. */
  drain(): readonly Action[] {
    const list = this.#list;
    this.#list = [];
    return list;
  }
}
