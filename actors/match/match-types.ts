// The actor types that match commands ask, made once for a node with what they need from outside.
import type { AccountType } from "../accounts/account.ts";
import type { createHostedMatch } from "./hosted-match.ts";
import type { createIntroducedMatch } from "./introduced-match.ts";

export interface MatchTypes {
  readonly account: AccountType;
  readonly hosted: ReturnType<typeof createHostedMatch>;
  readonly introduced: ReturnType<typeof createIntroducedMatch>;
}
