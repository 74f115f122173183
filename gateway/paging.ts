// The two query parameters that every list takes, and the one field it answers with.

import { t } from "elysia";

import type { PageQuery } from "#runtime/observe/view.ts";

import { HTTP_LIMITS } from "./limits.ts";

const { pageItemsMax, pageItemsDefault, cursorCharsMax } = HTTP_LIMITS;

export const pageParameters = {
  limit: t.Integer({
    title: "limit",
    description: `A whole number from 1 to ${pageItemsMax}: how many items at most`,
    minimum: 1,
    maximum: pageItemsMax,
    default: pageItemsDefault,
  }),
  after: t.Optional(
    t.String({
      title: "after",
      description: `1 to ${cursorCharsMax} characters: the \`next\` of the page before`,
      minLength: 1,
      maxLength: cursorCharsMax,
    }),
  ),
};

/** What a page too large is answered with, as the document shows it. */
export const limitComplaint = `Cannot accept the request: "limit" must be a whole number from 1 to ${pageItemsMax}`;

export const nextCursor = t.Optional(t.String({ description: "The cursor of the following page; absent on the last" }));

export function pageQuery(query: { limit: number; after?: string | undefined }): PageQuery {
  return query.after === undefined ? { limit: query.limit } : { limit: query.limit, after: query.after };
}
