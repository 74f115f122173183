// For tests: what is known of a connection that nobody has opened.
import type { ConnectionFigures } from "./figures.ts";

export function figuresOf(id: string, changes: Partial<ConnectionFigures> = {}): ConnectionFigures {
  return {
    id,
    transport: "tcp",
    remoteAddress: "127.0.0.1",
    remotePort: 50_000,
    openedAt: 1_000,
    bytesIn: 1,
    bytesOut: 2,
    outboundBytes: 3,
    paused: false,
    sessionAddress: `echo-session/${id}`,
    end: () => undefined,
    ...changes,
  };
}
