// A raw ZMTP client that has one request on its way, and what services are asked before they are measured.

import { decodeMessage, encodeMessage } from "#runtime/wire/message-pack.ts";

import { zmtpFrame, zmtpOpening } from "./messaging-protocols.ts";
import { LoadStream } from "./messaging-stream.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Those that every server of the experiment has, in this order. */
export const USERS: readonly string[] = Array.from({ length: 10 }, (_, index) => `user-${index}`);
export const CHANNEL = "speed";

const DELIMITER = zmtpFrame(Buffer.alloc(0), true);

/** A request as a REQ socket sends it. */
export function encodeRequest(service: string, data: Fields): Buffer {
  return Buffer.concat([DELIMITER, zmtpFrame(encodeMessage({ service, data: { ...data, clock: 1 } }, "msgpack"))]);
}

export class RequestClient {
  #stream: LoadStream | undefined;
  #received: Buffer = Buffer.alloc(0);
  #answer: PromiseWithResolvers<Fields> | undefined;

  static async connect(port: number): Promise<RequestClient> {
    const client = new RequestClient();
    client.#stream = await LoadStream.open({
      port,
      opening: zmtpOpening("REQ"),
      heard: (chunk) => client.#heard(chunk),
      lost: () => client.#answer?.reject(new Error("The server closed a connection")),
    });
    return client;
  }

  /** Data of the reply; only where the last one has come. Rejects where the server closes the connection. */
  ask(request: Uint8Array): Promise<Fields> {
    this.#answer = Promise.withResolvers();
    this.#stream?.send(request);
    return this.#answer.promise;
  }

  end(): void {
    this.#stream?.end();
  }

  #heard(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const reply = replyIn(this.#received);
    if (reply === undefined) return;
    this.#received = Buffer.alloc(0);
    this.#answer?.resolve(reply);
  }
}

/** Logs in the users and creates the channel. */
export async function setUpServices(port: number): Promise<void> {
  const client = await RequestClient.connect(port);
  const requests = [
    ...USERS.map((user) => encodeRequest("login", { user })),
    encodeRequest("channel", { channel: CHANNEL }),
  ];
  for (const request of requests) {
    const { status, description } = await client.ask(request);
    if (status !== "sucesso") throw new Error(`Cannot set up the services: ${String(description)}`);
  }
  client.end();
}

/** Number of the channel's last message that is stored. */
export async function lastStored(port: number): Promise<number> {
  const client = await RequestClient.connect(port);
  const { last } = await client.ask(encodeRequest("history", { channel: CHANNEL, count: 1 }));
  client.end();
  return Number(last);
}

/** Undefined where it is not whole. An empty frame comes first, and then the reply. */
function replyIn(octets: Buffer): Fields | undefined {
  const start = DELIMITER.length;
  const isLong = ((octets[start] ?? 0) & 2) !== 0;
  const header = isLong ? 9 : 2;
  if (octets.length < start + header) return undefined;
  const bytes = isLong ? Number(octets.readBigUInt64BE(start + 1)) : octets.readUInt8(start + 1);
  const body = octets.subarray(start + header);
  if (body.length < bytes) return undefined;
  const decoded = body.length === bytes ? decodeMessage(body) : undefined;
  if (decoded?.kind !== "value") throw new Error("The server answered with what is no message");
  return (decoded.value as { readonly data: Fields }).data;
}
