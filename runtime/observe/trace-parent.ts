// The header `traceparent`: W3C Trace Context, level 1, section 3.2; what fits nothing there counts as not said.
import type { SpanContext } from "@opentelemetry/api";

const HEADER = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** Later versions may say more. */
const HEADER_CHARS_MAX = 256;
const ZEROS = /^0+$/;
const SAMPLED = 1;

/** Who has sent it; or that nobody wants it followed; undefined where the header is none. */
export function parentOf(header: string): SpanContext | "not_followed" | undefined {
  if (header.length > HEADER_CHARS_MAX) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = "", more] = HEADER.exec(header) ?? [];
  const isNone = version === "" || version === "ff" || (version === "00" && more !== undefined);
  if (isNone || ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  if ((Number.parseInt(flags, 16) & SAMPLED) === 0) return "not_followed";
  return { traceId, spanId, traceFlags: SAMPLED, isRemote: true };
}
