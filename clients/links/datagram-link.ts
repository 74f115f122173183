// Lines over UDP, by the reliable datagram channel.
import type { Link, LinkEvents, LinkTarget } from "./link.ts";

export function startDatagramLink(_: LinkTarget, events: LinkEvents): Link {
  queueMicrotask(() => events.lost("UDP ainda não existe neste cliente"));
  return { send: () => undefined, close: () => undefined };
}
