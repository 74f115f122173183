// The one place that knows which link belongs to which transport.
import { startDatagramLink } from "./datagram-link.ts";
import type { Link, LinkEvents, LinkTarget } from "./link.ts";
import { startStreamLink } from "./stream-link.ts";

/** Returns before it is open. */
export function startLink(target: LinkTarget, events: LinkEvents): Link {
  return target.transport === "udp" ? startDatagramLink(target, events) : startStreamLink(target, events);
}
