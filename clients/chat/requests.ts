// Commands whose replies are awaited, by their tags: each reply finds what it is the reply to.
import type { Actions, LinkName } from "../machine/actions.ts";
import { AWAITED_MAX } from "./limits.ts";

export type Request =
  | { readonly kind: "hello" | "login" | "ping" | "udp" | "unbind" | "bind" | "exit" }
  /** `after`: the number that was asked for, where one was. */
  | { readonly kind: "join"; readonly room: string; readonly after: number | undefined }
  | { readonly kind: "leave"; readonly room: string }
  /** `again`: a person wants to see what was shown already. */
  | { readonly kind: "history"; readonly place: string; readonly again: boolean }
  /** The members of the pages before this one. */
  | { readonly kind: "who"; readonly room: string; readonly members: readonly string[] }
  | { readonly kind: "raw" };

export class Requests {
  readonly #actions: Actions;
  readonly #nextTag: () => string;
  readonly #awaited = new Map<string, { readonly link: LinkName; readonly request: Request }>();

  constructor(actions: Actions, nextTag: () => string) {
    this.#actions = actions;
    this.#nextTag = nextTag;
  }

  get count(): number {
    return this.#awaited.size;
  }

  /** More would be more than anybody types. */
  get isFull(): boolean {
    return this.#awaited.size >= AWAITED_MAX;
  }

  send(link: LinkName, command: string, request: Request): void {
    const tag = this.#nextTag();
    this.#awaited.set(tag, { link, request });
    this.#actions.add({ kind: "send", link, line: `#${tag} ${command}` });
  }

  /** What this is the reply to; undefined for a stranger's. It is awaited no more. */
  answered(tag: string): Request | undefined {
    const found = this.#awaited.get(tag);
    this.#awaited.delete(tag);
    return found?.request;
  }

  /** Nothing comes on this link any more. */
  forget(link: LinkName): void {
    for (const [tag, awaited] of this.#awaited) if (awaited.link === link) this.#awaited.delete(tag);
  }
}
