// What is wrong with a message by itself: a number that is no epoch, or a sender that may not use it.
import { limits } from "#runtime/mod.ts";

import { counterOf, isEpoch, sponsorRankOf } from "./epoch.ts";
import type { Members } from "./members.ts";
import type { Announcement, Refusal, VoteRequest } from "./messages.ts";

/** `highestCounter` is that of all epochs that are known here. */
export function numberRefusal(epoch: unknown, highestCounter: number): Refusal | undefined {
  if (!isEpoch(epoch)) return "bad_epoch";
  return counterOf(epoch) > highestCounter + limits.electionEpochLeapMax ? "epoch_leap" : undefined;
}

export function sponsorRefusal(
  members: Members,
  from: string,
  message: VoteRequest | Announcement,
): Refusal | undefined {
  const { epoch, coordinator } = message;
  if (!members.isVoter(from)) return "not_a_voter";
  if (members.rankOf(from) !== sponsorRankOf(epoch)) return "wrong_rank";
  const isForeign = members.find(coordinator)?.votes === false;
  return isForeign || coordinator === from ? undefined : "wrong_coordinator";
}
