// Clients as machines: what happens goes in, what is to be done comes out. A machine does nothing itself.

/**
 * `main` carries everything. In hybrid mode `data` carries messages while it is bound; `main` the rest. `play` and
 * `ping` lead to another player.
 */
export type LinkName = "main" | "data" | "play" | "ping";

export type Action =
  /** `host` and `port` where the server has named them. */
  | { readonly kind: "open"; readonly link: LinkName; readonly host?: string; readonly port?: number }
  /**
   * Opens them by waiting for a peer, on free ports of the address at which `beside` ends here. `from`: the peer's
   * address, where it is known.
   */
  | {
      readonly kind: "listen";
      readonly links: readonly LinkName[];
      readonly beside: LinkName;
      readonly from: string | undefined;
    }
  | { readonly kind: "send"; readonly link: LinkName; readonly line: string }
  | { readonly kind: "close"; readonly link: LinkName }
  /** One line, safe to show. */
  | { readonly kind: "print"; readonly text: string }
  /** The end of the program. Nothing follows. */
  | { readonly kind: "finish"; readonly exitCode: number };

export type Happening =
  | { readonly kind: "opened"; readonly link: LinkName }
  /** For a peer, on a port for each link, in the order of the links. */
  | { readonly kind: "listening"; readonly ports: readonly number[] }
  /** Without its ending. */
  | { readonly kind: "received"; readonly link: LinkName; readonly line: string }
  /** By itself; what we close is told by nobody. */
  | { readonly kind: "lost"; readonly link: LinkName; readonly reason: string }
  | { readonly kind: "typed"; readonly line: string }
  /** Something stands in the line being typed, or nothing does any more. */
  | { readonly kind: "drafting"; readonly isDrafting: boolean }
  /** Nothing more will be typed. `isPatient`: what was typed is still to be done. */
  | { readonly kind: "ended"; readonly isPatient: boolean }
  | { readonly kind: "interrupted" }
  /** It is `wakeAtMs`, or later. */
  | { readonly kind: "woken" };

export interface Machine {
  /** What stands before the line being typed. */
  readonly prompt: string;
  /** What is typed is not shown, and not kept. */
  readonly isPromptSecret?: boolean;
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
