// The one place that knows which link belongs to which transport.
import { startDatagramLink } from "./datagram-link.ts";
import type { Link, LinkEvents, LinkTarget } from "./link.ts";
import { startMessageLink } from "./message-link.ts";
import { startStreamLink } from "./stream-link.ts";
import { startZeroMqLink } from "./zeromq-link.ts";

/** Returns before it is open. */
export function startLink(target: LinkTarget, events: LinkEvents): Link {
  if (target.transport === "udp") return startDatagramLink(target, events);
  if (target.transport === "messages") return startMessageLink(target, events);
  if (target.transport === "zeromq") return startZeroMqLink(target, events);
  return startStreamLink(target, events);
}
