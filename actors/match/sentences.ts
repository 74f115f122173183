// What errors say, by code: in the words of existing clients, to the letter, and as a code where those had no words.

const SENTENCES: Readonly<Record<string, string>> = {
  "account.bad_password": "Wrong Password",
  "account.busy": "Server busy",
  "account.disabled": "Account disabled",
  "account.exists": "USEREXISTS",
  "account.same_password": "SAMEPASSWORD",
  "account.too_many_tries": "Too many attempts",
  "account.wrong_old_password": "WRONGPASSWORD",
  "leaderboard.unknown": "Not on the leaderboard",
  "match.abandoned": "Match abandoned",
  "match.already_inviting": "Already inviting",
  "match.already_logged_in": "Already logged in",
  "match.already_reported": "Already reported",
  "match.answers_for_another": "Answering user is not you",
  "match.bad_answer": "Invalid answer",
  "match.bad_count": "Invalid count",
  "match.bad_kind": "Invalid kind",
  "match.bad_message": "Invalid Characters",
  "match.bad_password": "Invalid Password",
  "match.bad_port": "Invalid Port",
  "match.bad_result": "Invalid result",
  "match.bad_username": "Invalid Username",
  "match.conflict": "Conflicting reports of match result",
  "match.expired": "Match expired",
  "match.guest_in_match": "Invited user currently in a match",
  "match.guest_not_connected": "Invited user not connected",
  "match.guest_not_hosted": "Invited user cannot play hosted matches",
  "match.has_invited_you": "Invited user has invited you",
  "match.host_in_match": "Inviting User currently in a match",
  "match.invites_for_another": "Inviting user is not you",
  "match.invites_self": "Cannot invite yourself",
  "match.needs_tls": "TLS connection required",
  "match.no_invitation": "No such invitation",
  "match.no_match": "No match with that user",
  "match.not_logged_in": "Not logged in",
  "match.not_started": "Match could not start",
  "match.not_your_account": "Not your account",
  "match.opponent_gone": "Opponent disconnected",
  "match.reports_for_another": "Reporting user is not you",
  "match.too_many": "Too many invitations",
  "match.too_many_watched": "Too many",
  "match.unconfirmed": "Report was not confirmed",
  "match.unknown": "No such match",
  "match.unknown_user": "Username not found",
  "match.user_logged_in": "User already logged in",
  "match.wrong_count": "Wrong Number of Arguments",
  "match.wrong_key": "Wrong Key",
};

/** Codes that are words to nobody: those of play, and those of actors that could not be asked. */
const AGAIN = "Try again";

/** Of a code without a sentence, such as `match.not_your_turn`, what stands behind the point. */
export function sentenceOf(code: string): string {
  if (code.startsWith("actor.") || code.startsWith("store.")) return AGAIN;
  return SENTENCES[code] ?? code.slice(code.indexOf(".") + 1);
}
