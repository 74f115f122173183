// A match client on a clock that stands still, with what it shows, sends and does.
import { createRandom } from "#runtime/base/random.ts";
import { FakeClock } from "#runtime/testing/fake-clock.ts";

import type { Action, Happening, LinkName } from "../machine/actions.ts";
import { GameClient } from "./game-client.ts";

export class TestPlayer {
  readonly clock = new FakeClock();
  readonly client: GameClient;
  readonly shown: string[] = [];
  /** On the main link; what keeps the connection alive is left out. */
  readonly sent: string[] = [];
  readonly toPeer: string[] = [];
  /** All else that it wanted. */
  readonly wanted: Action[] = [];
  exitCode: number | undefined;

  constructor(user?: string) {
    this.client = new GameClient(user, this.clock, createRandom(1));
    this.happen({ kind: "woken" });
  }

  /** Connected, and known to the server. */
  static in(name: string): TestPlayer {
    const player = new TestPlayer();
    player.open();
    player.type(`login ${name} segredo`);
    player.receive(`loginACK;${name}`, `keyACK;chave-de-${name}`);
    player.forget();
    return player;
  }

  happen(happening: Happening): void {
    for (const action of this.client.take(happening)) this.#act(action);
  }

  open(link: LinkName = "main"): void {
    this.happen({ kind: "opened", link });
    if (link === "main") this.receive("heartbeatACK;7000;13000");
  }

  type(...lines: readonly string[]): void {
    for (const line of lines) this.happen({ kind: "typed", line });
  }

  receive(...lines: readonly string[]): void {
    for (const line of lines) this.happen({ kind: "received", link: "main", line });
  }

  hear(...messages: readonly string[]): void {
    for (const line of messages) this.happen({ kind: "received", link: "play", line });
  }

  lose(link: LinkName = "main", reason = "conexão encerrada"): void {
    this.happen({ kind: "lost", link, reason });
  }

  /** The connection is lost, tried again, and open. */
  reconnect(): void {
    this.lose();
    this.wait();
    this.open();
  }

  /** Lets time pass until it wants to be woken, and wakes it. */
  wait(): void {
    this.clock.block(Math.max(0, this.client.wakeAtMs - this.clock.monotonicMs()));
    this.happen({ kind: "woken" });
  }

  /** So much time passes, in which the server answers each sign of life. */
  pass(ms: number): void {
    const untilMs = this.clock.monotonicMs() + ms;
    while (this.exitCode === undefined && this.client.wakeAtMs <= untilMs) {
      this.wait();
      this.receive("pong;0");
    }
    this.clock.block(untilMs - this.clock.monotonicMs());
  }

  /** What was shown and sent so far is none of a test's business. */
  forget(): void {
    for (const list of [this.shown, this.sent, this.toPeer, this.wanted]) list.splice(0);
  }

  #act(action: Action): void {
    if (action.kind === "print") this.shown.push(action.text);
    else if (action.kind === "finish") this.exitCode = action.exitCode;
    else if (action.kind === "send" && action.link !== "main") this.toPeer.push(action.line);
    else if (action.kind !== "send") this.wanted.push(action);
    else if (!/^(?:ping;\d+|heartbeat|pong)$/.test(action.line)) this.sent.push(action.line);
  }
}
