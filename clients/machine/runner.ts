// A client at work: its machine, its links, its person, and one timer for all that is to happen later.
import type { Clock } from "#runtime/base/clock.ts";

import type { Link, LinkEvents, LinkTarget } from "../links/link.ts";
import { listenForPeer } from "../links/peer-listener.ts";
import { startLink } from "../links/start-link.ts";
import { openUser, type User, type UserHabits } from "../terminal/user.ts";
import type { Action, Happening, LinkName, Machine } from "./actions.ts";

export interface RunnerParts {
  readonly machine: Machine;
  /** Where the links lead. An empty host, and a port of 0, are those that the machine names. */
  readonly targets: Partial<Readonly<Record<LinkName, LinkTarget>>>;
  readonly user: User;
  readonly clock: Clock;
}

/** A timer that is due at once still lets the sockets be looked at. */
const WAKE_MS_MIN = 1;
/** The kernel takes what we said last, and the peer hears that we close. */
const GOODBYE_MS = 50;

/** The client of whoever is in front of this process, from beginning to end. Resolves with the exit code. */
export function runForUser(parts: Omit<RunnerParts, "user">, habits: UserHabits): Promise<number> {
  const user = openUser(
    {
      typed: (line) => runner.typed(line),
      drafting: (isDrafting) => runner.drafting(isDrafting),
      ended: () => runner.ended(),
      interrupted: () => runner.interrupted(),
    },
    habits,
  );
  const runner = new Runner({ ...parts, user });
  runner.start();
  return runner.finished;
}

export class Runner {
  /** The exit code. Settles once. */
  readonly finished: Promise<number>;

  readonly #parts: RunnerParts;
  readonly #links = new Map<LinkName, Link>();
  readonly #finish: (exitCode: number) => void;
  readonly #waiting: Happening[] = [];
  #cancelTimer: () => void = () => undefined;
  #whenReady: (() => void) | undefined;
  #isOver = false;

  constructor(parts: RunnerParts) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.finished = promise;
    this.#finish = resolve;
    this.#parts = parts;
  }

  start(): void {
    this.#happened({ kind: "woken" });
  }

  /** Settles when it has been taken, and the next line may come. */
  async typed(line: string): Promise<void> {
    const { user, machine } = this.#parts;
    if (!user.isTerminal) await this.#until(() => machine.isReadyFor(line));
    this.#happened({ kind: "typed", line });
  }

  drafting(isDrafting: boolean): void {
    this.#happened({ kind: "drafting", isDrafting });
  }

  ended(): void {
    this.#happened({ kind: "ended", isPatient: !this.#parts.user.isTerminal });
  }

  interrupted(): void {
    this.#happened({ kind: "interrupted" });
  }

  #until(holds: () => boolean): Promise<void> {
    if (holds() || this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenReady = () => {
        if (!holds() && !this.#isOver) return;
        this.#whenReady = undefined;
        resolve();
      };
    });
  }

  /** What happens while something is being done waits for its turn: a link may call back while it is written to. */
  #happened(happening: Happening): void {
    this.#waiting.push(happening);
    if (this.#waiting.length > 1) return;
    for (let next: Happening | undefined = happening; next !== undefined && !this.#isOver; next = this.#waiting[0]) {
      for (const action of this.#parts.machine.take(next)) this.#act(action);
      this.#waiting.shift();
    }
    if (this.#isOver) return;
    const { user, machine } = this.#parts;
    user.prompt(machine.prompt, machine.isPromptSecret);
    this.#armTimer();
    this.#whenReady?.();
  }

  #act(action: Action): void {
    if (this.#isOver) return;
    switch (action.kind) {
      case "open":
        return this.#open(action.link, action.host ?? "", action.port ?? 0);
      case "listen":
        return this.#listen(action.links, action.beside, action.from);
      case "send":
        this.#links.get(action.link)?.send(action.line);
        return;
      case "close":
        return this.#close(action.link);
      case "print":
        return this.#parts.user.print(action.text);
      case "finish":
        return this.#end(action.exitCode);
    }
  }

  #open(name: LinkName, host: string, port: number): void {
    this.#close(name);
    const target = this.#parts.targets[name];
    if (target === undefined) return;
    const found = { ...target, host: target.host || host, port: target.port || port };
    this.#links.set(name, startLink(found, this.#eventsOf(name)));
  }

  #listen(names: readonly LinkName[], beside: LinkName, from: string | undefined): void {
    const address = this.#links.get(beside)?.localAddress;
    const ends = names.flatMap((name) => {
      this.#close(name);
      const { grammar } = this.#parts.targets[name] ?? {};
      return grammar === undefined ? [] : [{ name, grammar, events: this.#eventsOf(name) }];
    });
    try {
      if (address === undefined) throw new Error("sem conexão");
      const doors = listenForPeer(address, ends, from);
      for (const [index, { name }] of ends.entries()) {
        const door = doors[index];
        if (door !== undefined) this.#links.set(name, door.link);
      }
      this.#happened({ kind: "listening", ports: doors.map(({ port }) => port) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      for (const link of names) this.#happened({ kind: "lost", link, reason });
    }
  }

  #eventsOf(name: LinkName): LinkEvents {
    return {
      opened: () => this.#happened({ kind: "opened", link: name }),
      received: (line) => this.#happened({ kind: "received", link: name, line }),
      lost: (reason) => {
        this.#links.delete(name);
        this.#happened({ kind: "lost", link: name, reason });
      },
    };
  }

  #close(name: LinkName): void {
    this.#links.get(name)?.close();
    this.#links.delete(name);
  }

  #armTimer(): void {
    const { clock } = this.#parts;
    this.#cancelTimer();
    const waitMs = Math.max(WAKE_MS_MIN, this.#parts.machine.wakeAtMs - clock.monotonicMs());
    this.#cancelTimer = Number.isFinite(waitMs)
      ? clock.after(waitMs, () => this.#happened({ kind: "woken" }))
      : () => undefined;
  }

  #end(exitCode: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimer();
    this.#whenReady?.();
    const hadLinks = this.#links.size > 0;
    for (const name of this.#links.keys()) this.#close(name);
    this.#parts.user.close();
    if (hadLinks) this.#parts.clock.after(GOODBYE_MS, () => this.#finish(exitCode));
    else this.#finish(exitCode);
  }
}
