// The pipelined protocol as a listener speaks it: request payloads come in as text, response payloads go out as text.
import { FrameDecoder } from "./frame-decoder.ts";
import { FRAME_HEADER_BYTES, FRAME_TYPE_RESPONSE, writeFrameHeader } from "./frame-header.ts";
import type { ByteSink, Protocol } from "./protocol.ts";
import type { TextBatch } from "./text-batch.ts";
import { partsBytesMax, type TextPart, writeParts } from "./text-parts.ts";

/** Hot. Writes one response frame whose payload is the parts, one behind the other. */
export function encodeResponse(parts: readonly TextPart[], sink: ByteSink): void {
  sink.reserve(FRAME_HEADER_BYTES + partsBytesMax(parts));
  const start = sink.offset + FRAME_HEADER_BYTES;
  const end = writeParts(parts, sink, start);
  writeFrameHeader(sink.view, sink.offset, FRAME_TYPE_RESPONSE, end - start);
  sink.offset = end;
}

/** Both directions carry JSON text; what it says is the session actor's business. */
export function createFramesProtocol(): Protocol<string, readonly TextPart[]> {
  const spares: TextBatch[] = [];
  return {
    name: "frames",
    createDecoder: () => new FrameDecoder(spares),
    encode: encodeResponse,
    refusal(reason) {
      const payload = Buffer.from(JSON.stringify({ status: "error", error: reason }));
      const frame = Buffer.alloc(FRAME_HEADER_BYTES + payload.length);
      writeFrameHeader(new DataView(frame.buffer), 0, FRAME_TYPE_RESPONSE, payload.length);
      frame.set(payload, FRAME_HEADER_BYTES);
      return frame;
    },
  };
}
