// What the conversation wants done: it does nothing itself.

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
