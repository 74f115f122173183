// A match client as a program of its own, so that it can be measured: it does what it is told, line by line.

import { type ClientCount, ExistingClient } from "./match-existing-client.ts";
import { ModernClient } from "./match-modern-client.ts";
import { obeyLines, ToldProgram } from "./told-program.ts";

export type ClientKind = "existing" | "modern";

const PASSWORD = "segredo";

/** What a player may be told. `opponent` is who the match is played against. */
export type PlayerAct =
  | { readonly kind: "connect"; readonly client: ClientKind; readonly port: number; readonly certificate: string }
  | { readonly kind: "logIn" | "accept"; readonly own: string }
  | { readonly kind: "invite"; readonly own: string; readonly opponent: string }
  | { readonly kind: "play"; readonly moves: number; readonly everyMs: number }
  | { readonly kind: "report"; readonly own: string; readonly opponent: string; readonly result: "WIN" | "LOST" }
  | { readonly kind: "list" | "logOut" | "count" };

interface PlayerAnswer {
  /** Of connections that it has counted, where that was asked. */
  readonly count?: ClientCount;
}

/** The role "player" of the experiment. */
export async function playMatches(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  const me: { client?: ExistingClient | ModernClient } = {};
  await obeyLines<PlayerAct, PlayerAnswer>(lines, async (told) => {
    if (told.kind === "connect") me.client = await connect(told);
    else if (me.client === undefined) throw new Error("There is no connection");
    else if (told.kind === "count") return { count: me.client.count };
    else await act(me.client, told);
    return {};
  });
}

function connect({ client, port, certificate }: Extract<PlayerAct, { kind: "connect" }>) {
  return client === "existing"
    ? ExistingClient.connect({ port, certificate })
    : ModernClient.connect(port, certificate);
}

async function act(
  client: ExistingClient | ModernClient,
  told: Exclude<PlayerAct, { kind: "connect" | "count" }>,
): Promise<void> {
  switch (told.kind) {
    case "logIn":
      return await client.logIn(told.own, PASSWORD);
    case "list":
      return await client.list();
    case "invite":
      return await client.invite(told.own, told.opponent);
    case "accept":
      return await client.accept(told.own);
    case "play":
      return await client.play(told.moves, told.everyMs);
    case "report":
      return await client.report(told.own, told.opponent, told.result);
    case "logOut":
      return await client.logOut();
  }
}

/** Starts such a program; `program` is the experiment. */
export class Player implements AsyncDisposable {
  readonly name: string;
  readonly #program: ToldProgram<PlayerAct, PlayerAnswer>;

  constructor(name: string, program: string) {
    this.name = name;
    this.#program = new ToldProgram(name, [process.execPath, program, "player"]);
  }

  get pid(): number {
    return this.#program.pid;
  }

  async does(told: PlayerAct): Promise<void> {
    await this.#program.tell(told);
  }

  async count(): Promise<ClientCount> {
    return (await this.#program.tell({ kind: "count" })).count ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
