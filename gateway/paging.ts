// The two query parameters that every list takes, and the one field it answers with.

import { t } from "elysia";

import type { PageQuery } from "#runtime/observe/view.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { boundedText, given, wholeFrom } from "./request-fields.ts";

const { pageItemsMax, pageItemsDefault, cursorCharsMax } = HTTP_LIMITS;

const NEXT = "the `next` of the page before";

export const pageParameters = {
  limit: limitTo(pageItemsMax, pageItemsDefault, "how many items at most"),
  after: t.Optional(boundedText("after", NEXT, cursorCharsMax)),
};

/** What a page too large is answered with, as the document shows it. */
export const limitComplaint = limitComplaintTo(pageItemsMax);

export function limitTo(itemsMax: number, usual: number, description: string) {
  const bounded = `A whole number from 1 to ${itemsMax}: ${description}`;
  return t.Integer({ title: "limit", description: bounded, minimum: 1, maximum: itemsMax, default: usual });
}

export function limitComplaintTo(itemsMax: number): string {
  return `Cannot accept the request: "limit" must be a whole number from 1 to ${itemsMax}`;
}

/** In place of `after` where items are numbered. */
export function numberCursor(title: "after" | "before") {
  return t.Optional(wholeFrom(1, title, NEXT));
}

export const nextCursor = t.Optional(t.String({ description: "The cursor of the following page; absent on the last" }));

export function pageQuery({ limit, after }: { limit: number; after?: string | undefined }): PageQuery {
  return { limit, ...given({ after }) };
}
