// How a connection and its path are doing, for a scrape and for tests.
import type { InboundMessages } from "./inbound-messages.ts";
import type { PacketSender } from "./packet-sender.ts";

export interface ChannelHealth {
  /** Cost of what came and was not taken. */
  readonly heldBytes: number;
  /** Of packets that wait for their acknowledgement. */
  readonly inFlightBytes: number;
  readonly inFlightPackets: number;
  readonly congestionWindowBytes: number;
  /** 0 before the first sample. */
  readonly smoothedRoundTripMs: number;
  /** Since the beginning; fragments are repeated for lost packets and for probes. */
  readonly lostPackets: number;
  readonly repeatedFragments: number;
}

export function healthOf(sender: PacketSender, inbound: InboundMessages): ChannelHealth {
  const { sent, congestion, roundTrip, repeatedFragments } = sender;
  return {
    heldBytes: inbound.heldCost,
    inFlightBytes: sent.inFlightBytes,
    inFlightPackets: sent.count,
    congestionWindowBytes: congestion.windowBytes,
    smoothedRoundTripMs: roundTrip.smoothedMs,
    lostPackets: sent.lostCount,
    repeatedFragments,
  };
}
