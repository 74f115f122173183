// A stand-in for the server in the tests of the load client: it answers rightly, or exactly as wrongly as it is told.

import type { Socket } from "bun";

import {
  FRAME_HEADER_BYTES,
  FRAME_TYPE_CLOSE,
  FRAME_TYPE_REQUEST,
  FRAME_TYPE_RESPONSE,
  writeFrameHeader,
} from "#runtime/wire/frame-header.ts";

export interface StandInRequest {
  readonly client_id: string;
  readonly message_id: number;
  readonly data?: string;
}

/** What the stand-in does with a request; `answer` may be called any number of times, also for other requests. */
export type StandInBehaviour = (request: StandInRequest, session: StandInSession) => void;

export const answerRightly: StandInBehaviour = (request, session) => session.answer(request);

export class StandInSession {
  readonly requests: StandInRequest[] = [];
  hasCloseFrame = false;
  isClosed = false;
  #outbound: Buffer[] = [];
  #partial: Buffer = Buffer.alloc(0);
  readonly #socket: Socket<StandInSession>;

  constructor(socket: Socket<StandInSession>) {
    this.#socket = socket;
  }

  answer(request: StandInRequest, changes: Readonly<Record<string, unknown>> = {}): void {
    const reply = { client_id: request.client_id, message_id: request.message_id, timestamp: 1, status: "success" };
    this.send(replyFrame(JSON.stringify({ ...reply, data: "Response from server", ...changes })));
  }

  send(bytes: Buffer): void {
    this.#outbound.push(bytes);
  }

  end(): void {
    this.flush();
    this.#socket.end();
  }

  /** One write for everything that is waiting; what is not accepted waits for drain. */
  flush(): void {
    if (this.#outbound.length === 0) return;
    const bytes = Buffer.concat(this.#outbound);
    const accepted = Math.max(this.#socket.write(bytes), 0);
    this.#outbound = accepted < bytes.length ? [bytes.subarray(accepted)] : [];
  }

  receive(chunk: Buffer, behave: StandInBehaviour): void {
    const bytes = this.#partial.length === 0 ? chunk : Buffer.concat([this.#partial, chunk]);
    let offset = 0;
    while (bytes.length - offset >= FRAME_HEADER_BYTES) {
      const end = offset + FRAME_HEADER_BYTES + bytes.readUInt32BE(offset + 8);
      if (bytes.length < end) break;
      const type = bytes.readUInt32BE(offset + 4);
      if (type === FRAME_TYPE_CLOSE) this.hasCloseFrame = true;
      if (type === FRAME_TYPE_REQUEST) {
        const request = JSON.parse(bytes.toString("utf8", offset + FRAME_HEADER_BYTES, end)) as StandInRequest;
        this.requests.push(request);
        behave(request, this);
      }
      offset = end;
    }
    this.#partial = Buffer.from(bytes.subarray(offset));
  }
}

export interface StandInServer extends Disposable {
  readonly port: number;
  readonly sessions: readonly StandInSession[];
  /** The most sessions that were open at the same time. */
  readonly openMax: number;
}

/** With `keepsOpen` the server never closes a connection, whatever the client does. */
export function startStandInServer(behave: StandInBehaviour, keepsOpen = false): StandInServer {
  const sessions: StandInSession[] = [];
  let openMax = 0;
  const listener = Bun.listen<StandInSession>({
    hostname: "127.0.0.1",
    port: 0,
    allowHalfOpen: keepsOpen,
    socket: {
      open(socket) {
        socket.data = new StandInSession(socket);
        sessions.push(socket.data);
        openMax = Math.max(openMax, sessions.filter((session) => !session.isClosed).length);
      },
      data(socket, chunk) {
        socket.data.receive(chunk, behave);
        socket.data.flush();
      },
      drain: (socket) => socket.data?.flush(),
      close(socket) {
        socket.data.isClosed = true;
      },
    },
  });
  return {
    port: listener.port,
    sessions,
    get openMax() {
      return openMax;
    },
    [Symbol.dispose]: () => listener.stop(true),
  };
}

export function replyFrame(payload: string, type = FRAME_TYPE_RESPONSE): Buffer {
  const body = Buffer.from(payload);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + body.length);
  writeFrameHeader(new DataView(frame.buffer, frame.byteOffset, frame.byteLength), 0, type, body.length);
  body.copy(frame, FRAME_HEADER_BYTES);
  return frame;
}
