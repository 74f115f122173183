// Requests to the messaging family as our own programs send them, over a socket of the tests.
import { decodeMessage, encodeMessage } from "#runtime/wire/message-pack.ts";
import { createZmtpContext, RequestSocket } from "#runtime/zmtp/mod.ts";

export type Data = Readonly<Record<string, unknown>>;

/** One REQ socket to one port of this machine. */
export class TestRequester {
  readonly #socket = new RequestSocket(createZmtpContext());

  constructor(port: number) {
    this.#socket.endpoints.connect({ host: "127.0.0.1", port });
  }

  /** The data of the reply. */
  async ask(service: string, data: Data = {}, timeoutMs = 10_000): Promise<Data> {
    const { frames } = await this.#socket.request([encodeMessage({ service, data }, "msgpack")], timeoutMs);
    const decoded = decodeMessage(frames[0] ?? Buffer.alloc(0));
    if (decoded.kind !== "value") throw new Error(`The reply cannot be decoded: ${decoded.reason}`);
    return (decoded.value as { readonly data: Data }).data;
  }

  close(): void {
    this.#socket.close();
  }
}
