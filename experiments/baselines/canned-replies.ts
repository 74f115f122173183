// What no server can be quicker than: replies that were made before, sent as soon as their requests have come.

import { parseArgs } from "node:util";

import type { Socket } from "bun";

import { FRAME_TYPE_RESPONSE } from "#runtime/wire/frame-header.ts";

import { createCloseFrame, createFrame, createRequestScript, scriptClientId } from "../lib/request-script.ts";

interface Connection {
  receivedBytes: number;
  /** Requests that have come whole. */
  requests: number;
  sentBytes: number;
}

function createReplies(count: number): { readonly bytes: Buffer; readonly ends: Float64Array } {
  const frames: Buffer[] = [];
  const ends = new Float64Array(count + 1);
  for (let id = 1; id <= count; id++) {
    const head = `{"client_id":"${scriptClientId}","message_id":${id},"timestamp":1752846296.408`;
    const rest = `"data":"Response from server","processing_time":0.0000021,"server_id":"canned","status":"success"}`;
    const frame = createFrame(FRAME_TYPE_RESPONSE, `${head},${rest}`);
    frames.push(frame);
    ends[id] = ends[id - 1]! + frame.length;
  }
  return { bytes: Buffer.concat(frames), ends };
}

function main(): void {
  const { values } = parseArgs({ options: { count: { type: "string", default: "1000" } } });
  const count = Number(values.count);
  const requests = createRequestScript(count);
  const replies = createReplies(count);
  const closeFrame = createCloseFrame();
  const send = (socket: Socket<Connection>): void => {
    const connection = socket.data;
    const end = replies.ends[connection.requests]!;
    while (connection.sentBytes < end) {
      const taken = socket.write(replies.bytes, connection.sentBytes, end - connection.sentBytes);
      if (taken <= 0) return;
      connection.sentBytes += taken;
    }
  };
  const listener = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { receivedBytes: 0, requests: 0, sentBytes: 0 };
        socket.setNoDelay(true);
      },
      data(socket, chunk) {
        const connection = socket.data;
        connection.receivedBytes += chunk.length;
        while (requests.ends[connection.requests + 1]! <= connection.receivedBytes) connection.requests++;
        send(socket);
        if (chunk.subarray(-closeFrame.length).equals(closeFrame)) socket.end();
      },
      drain: send,
    },
  });
  console.log(`listening ${listener.port}`);
}

if (import.meta.main) main();
