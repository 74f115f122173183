// A broker without a network: clients that request, and workers that are dealt requests, each on a connection.
import { decodeMessage, encodeMessage, limits, splitEnvelope, ZmtpMessage, ZmtpPeer } from "#runtime/mod.ts";
import { ConnectionStandIn } from "#runtime/testing/connection-stand-in.ts";
import { type SteppedOptions, SteppedSystem } from "#runtime/testing/mod.ts";

import { createMessagingTypes } from "../messaging/messaging-catalog.ts";
import { NodeClocks } from "../servers/node-clocks.ts";
import { BROKER_KEY } from "./broker-addresses.ts";
import { createBroker } from "./broker.ts";
import { createRequesterSession } from "./requester-session.ts";
import { createWorkerSession } from "./worker-session.ts";

export interface ReplyShown {
  readonly service: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export class BrokerNode {
  readonly stepped: SteppedSystem;
  readonly broker: ReturnType<typeof createBroker>;
  #connections = 0;

  constructor({ servesItself = true, ...options }: SteppedOptions & { readonly servesItself?: boolean } = {}) {
    const clocks = new NodeClocks(() => this.stepped?.clock.unixMs() ?? 0);
    this.broker = createBroker({ servesItself });
    const types = [
      this.broker,
      createRequesterSession({ broker: this.broker, clocks }),
      createWorkerSession(this.broker),
      ...Object.values(createMessagingTypes({ publications: { send: () => undefined } }, clocks.lamport)),
    ];
    this.stepped = new SteppedSystem(types, options);
  }

  async requester(socketType = "REQ"): Promise<TestRequester> {
    return new TestRequester(await this.#connect("requester-session", socketType), this.stepped);
  }

  async worker(socketType = "REP"): Promise<TestWorker> {
    return new TestWorker(await this.#connect("worker-session", socketType), this.stepped);
  }

  /** Nothing more is let into its mailbox meanwhile. */
  async whileBrokerIsFull(act: () => Promise<unknown>): Promise<void> {
    const { tell } = this.stepped.ref(this.broker, BROKER_KEY);
    const cell = this.stepped.system.hosts.find(({ type }) => type.name === this.broker.name)?.cells.get(BROKER_KEY);
    cell?.suspend();
    for (let count = 0; count < limits.brokerMailboxMax; count++) tell.awake();
    await act();
    cell?.resume();
    await this.stepped.clock.settle();
  }

  async #connect(type: string, socketType: string): Promise<ConnectionStandIn> {
    const host = this.stepped.system.hosts.find((each) => each.type.name === type);
    if (host === undefined) throw new Error(`There is no type ${type}`);
    const connection = new ConnectionStandIn(this.stepped.system, host.type, String(++this.#connections));
    connection.deliver(new ZmtpPeer({ socketType, identity: Buffer.alloc(0) }, 1));
    await this.stepped.clock.settle();
    return connection;
  }
}

export async function figures({ stepped, broker }: BrokerNode): Promise<unknown> {
  const outcome = await stepped.outcome(stepped.ref(broker, BROKER_KEY).figures());
  return outcome.kind === "answered" ? outcome.value : outcome;
}

/** By a request of nobody: there is no such key. */
export async function crashBroker({ stepped, broker }: BrokerNode): Promise<void> {
  const before = stepped.crashes.length;
  stepped.ref(broker, BROKER_KEY).tell.requested({ from: "", ticket: 0, leftMs: 0 });
  await stepped.advance(1);
  if (stepped.crashes.length !== before + 1) throw new Error("The broker has not crashed");
}

/** Takes what has come since it was last asked. */
class TestPeer {
  readonly connection: ConnectionStandIn;
  protected readonly stepped: SteppedSystem;

  constructor(connection: ConnectionStandIn, stepped: SteppedSystem) {
    this.connection = connection;
    this.stepped = stepped;
  }

  /** Frames of each message. */
  takeFrames(): readonly (readonly Buffer[])[] {
    return this.connection.sent.splice(0).map((message) => (message as ZmtpMessage).frames());
  }

  async deliver(...messages: readonly (readonly (Uint8Array | string)[])[]): Promise<void> {
    this.connection.deliver(...messages.map((frames) => ZmtpMessage.of(frames)));
    await this.stepped.clock.settle();
  }

  async lose(): Promise<void> {
    this.connection.end("disconnect");
    await this.stepped.clock.settle();
  }
}

class TestRequester extends TestPeer {
  /** Each as a REQ socket sends it; what has come when everything is quiet. */
  async send(...requests: readonly unknown[]): Promise<readonly ReplyShown[]> {
    await this.deliver(...requests.map((request) => ["", encodeMessage(request, "msgpack")]));
    return this.take();
  }

  take(): readonly ReplyShown[] {
    return this.takeFrames().map((frames) => valueOf(splitEnvelope(frames)?.body[0]) as ReplyShown);
  }
}

class TestWorker extends TestPeer {
  /** Numbers and requests that it was dealt. */
  take(): readonly { readonly number: string; readonly request: unknown }[] {
    return this.takeFrames().map(([number, , body]) => ({ number: String(number), request: valueOf(body) }));
  }

  async answer(number: string, reply: unknown): Promise<void> {
    await this.deliver([number, "", encodeMessage(reply, "msgpack")]);
  }
}

function valueOf(octets: Buffer | undefined): unknown {
  const decoded = octets && decodeMessage(octets);
  return decoded?.kind === "value" ? decoded.value : undefined;
}
