// What every connection of a load sends: requests 1 to n as frames, encoded once, so that the driver only copies bytes.

import {
  FRAME_HEADER_BYTES,
  FRAME_TYPE_CLOSE,
  FRAME_TYPE_REQUEST,
  writeFrameHeader,
} from "#runtime/wire/frame-header.ts";

export const scriptClientId = "client_1_4765";

export interface RequestScript {
  readonly clientId: string;
  readonly count: number;
  readonly bytes: Buffer;
  /** `ends[n]` is the byte offset after request `n`; `ends[0]` is 0. */
  readonly ends: Float64Array;
}

/** Requests with message ids 1 to `count`; a shorter run may send only the first of them. The name is ASCII. */
export function createRequestScript(count: number, clientId = scriptClientId): RequestScript {
  const frames: Buffer[] = [];
  const ends = new Float64Array(count + 1);
  for (let id = 1; id <= count; id++) {
    const frame = createRequestFrame(id, clientId);
    frames.push(frame);
    ends[id] = ends[id - 1]! + frame.length;
  }
  return { clientId, count, bytes: Buffer.concat(frames), ends };
}

export function createRequestFrame(id: number, clientId = scriptClientId): Buffer {
  const rest = '"timestamp":1752846296.406,"data":"Hello from client"}';
  const payload = `{"client_id":"${clientId}","message_id":${id},${rest}`;
  return createFrame(FRAME_TYPE_REQUEST, payload);
}

export function createCloseFrame(): Buffer {
  return createFrame(FRAME_TYPE_CLOSE, "");
}

/** One frame whose payload is ASCII text. */
export function createFrame(type: number, payload: string): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(new DataView(frame.buffer, frame.byteOffset), 0, type, payload.length);
  frame.write(payload, FRAME_HEADER_BYTES, "latin1");
  return frame;
}
