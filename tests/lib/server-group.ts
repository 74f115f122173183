// Several servers as processes of their own: one at home, others that join it; what each says of all of them.
import { eventually } from "./eventually.ts";
import { freeMessagingPorts } from "./messaging-ports.ts";
import { type Data, TestRequester } from "./messaging-requests.ts";
import { createDataFolder, type Settings } from "./node-settings.ts";
import { ServerProcess } from "./server-process.ts";

/** Quicker ones leave too little time for an answer where other programs have the processor. */
const HEARTBEAT_MS = 500;
const WITHIN_MS = 40_000;

export interface Standing {
  readonly name: string;
  readonly rank: number;
  readonly role: "coordinator" | "follower" | "unsure";
  readonly coordinator?: string;
  readonly epoch?: number;
  readonly boundMs?: number;
  readonly steps: number;
  readonly time: number;
}

export class ServerGroup {
  readonly ports = freeMessagingPorts();
  readonly reference = new TestRequester(this.ports.CORREIO_REFERENCE_PORT);
  readonly #servers = new Map<string, ServerProcess>();
  readonly #folders = new Map<string, string>();
  readonly #requesters: TestRequester[] = [this.reference];

  /** The first is the home of all that follow. Started again under the same name, it is the same server. */
  async start(name: string, settings: Settings = {}): Promise<ServerProcess> {
    const isHome = name === "home";
    const joined = { CORREIO_PORT: "", CORREIO_UDP_PORT: "", CORREIO_JOIN: "127.0.0.1" };
    const folder = this.#folders.get(name) ?? createDataFolder();
    this.#folders.set(name, folder);
    const server = new ServerProcess(
      {
        ...this.ports,
        ...(isHome ? {} : joined),
        CORREIO_SERVER_ID: name,
        CORREIO_SERVER_HEARTBEAT_MS: HEARTBEAT_MS,
        ...settings,
      },
      folder,
    );
    this.#servers.set(name, server);
    await server.listens();
    return server;
  }

  process(name: string): ServerProcess {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`There is no server ${name}`);
    return server;
  }

  /** As the reference lists them, by rank. */
  async list(): Promise<readonly { readonly name: string; readonly rank: number; readonly address: string }[]> {
    return (await this.reference.ask("list"))["list"] as never;
  }

  /** A requester at that server's admin endpoint, once the reference knows where it is. */
  async admin(name: string): Promise<TestRequester> {
    const find = async (): Promise<string | undefined> =>
      (await this.list()).find((server) => server.name === name)?.address.split(":")[1];
    await eventually(`the admin endpoint of ${name}`, async () => (await find()) !== undefined, WITHIN_MS);
    return this.requester(Number(await find()));
  }

  /** One that is closed with the group. */
  requester(port: number): TestRequester {
    const requester = new TestRequester(port);
    this.#requesters.push(requester);
    return requester;
  }

  async standing(admin: TestRequester): Promise<Standing> {
    return (await admin.ask("status")) as unknown as Standing;
  }

  /** Waits until all of these follow that one, and returns the epoch. */
  async follow(coordinator: string, admins: readonly TestRequester[]): Promise<number> {
    const standings = async (): Promise<readonly Standing[]> =>
      Promise.all(admins.map((admin) => this.standing(admin)));
    const agree = async (): Promise<boolean> =>
      (await standings()).every((standing) => standing.coordinator === coordinator && standing.epoch !== undefined);
    await eventually(`the election of ${coordinator}`, agree, WITHIN_MS);
    return (await standings())[0]?.epoch ?? 0;
  }

  async stop(): Promise<void> {
    for (const requester of this.#requesters) requester.close();
    await Promise.all([...this.#servers.values()].map((server) => server.remove()));
  }
}

/** Data of a reply without its time and clock. */
export function withoutTimes({ timestamp: _timestamp, clock: _clock, ...data }: Data): Data {
  return data;
}
