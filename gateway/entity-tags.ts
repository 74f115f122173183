// Entity tags (RFC 9110): what a change was made from, and whether what somebody has is still all there is.

import { t } from "elysia";

import { type Answers, parameters, problemAnswer } from "./document.ts";
import { problem } from "./problems.ts";

/** A strong tag: of the version that this counts, or of what is named so by its content. */
export function entityTag(version: number | string): string {
  return `"${version}"`;
}

/** What `If-Match` allows: a change of anything, of nothing that there is, or of one version alone. */
export type Precondition = "none" | "any" | "another" | { readonly version: number };

/** More than one tag, or a weak one, is no version that this request could have been made from. */
export function preconditionOf({ headers }: Request): Precondition {
  const wanted = headers.get("if-match")?.trim();
  if (wanted === undefined || wanted === "") return "none";
  if (wanted === "*") return "any";
  const version = /^"(\d{1,15})"$/.exec(wanted)?.[1];
  return version === undefined ? "another" : { version: Number(version) };
}

/** The answer without a body, where `If-None-Match` names this tag, weak or strong; undefined where it does not. */
export function notModified(
  { headers }: Request,
  tag: string,
  more: Record<string, string> = {},
): Response | undefined {
  const known = headers.get("if-none-match")?.trim();
  if (known === undefined) return undefined;
  const opaque = known.split(",").map((each) => each.trim().replace(/^W\//, ""));
  return known === "*" || opaque.includes(tag)
    ? new Response(null, { status: 304, headers: { ETag: tag, ...more } })
    : undefined;
}

const STALE = "Cannot change it: it is not what it was when you looked; look again";
const UNSEEN = 'Cannot change it: send "If-Match" with the ETag of what you have seen';

export const staleProblem = (): Response => problem("precondition_failed", STALE);
export const unseenProblem = (): Response => problem("precondition_required", UNSEEN);

/** Of a route that heeds `If-Match`, for the document. */
export const staleAnswer: Answers = { 412: problemAnswer("precondition_failed", STALE) };
export const unseenAnswer: Answers = { 428: problemAnswer("precondition_required", UNSEEN) };

const MATCH =
  'The ETag of what the change was made from, such as `"240"`: where it has changed since, the answer is 412';
const NONE_MATCH = "The ETag of what you have: while that is all there is, the answer is 304, without a body";

/** For the document. */
export function matchParameter(isRequired: boolean) {
  const properties = { "If-Match": t.String({ description: MATCH }) };
  return parameters("header", { properties, required: isRequired ? ["If-Match"] : [] });
}

export const noneMatchParameter = parameters("header", {
  properties: { "If-None-Match": t.String({ description: NONE_MATCH }) },
});

/** An answer that has a tag, for the document. */
export const tagHeader = {
  ETag: { description: "The tag of this version of it", schema: { type: "string" as const } },
};

export const notModifiedAnswer: Answers = { 304: { description: "What you have is all there is", headers: tagHeader } };
