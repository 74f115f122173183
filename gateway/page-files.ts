// The pages for people at `/`, `/chat` and `/match`: bundled from gateway/pages when first asked for, kept in memory.

import type { Elysia } from "elysia";

import { entityTag, notModified } from "./entity-tags.ts";
import { bundlePage, PAGE_FILES_PATH, type PageBundle, type PageFile } from "./page-bundle.ts";
import { problem } from "./problems.ts";

const PAGES = ["manage", "chat", "match"] as const;

export type PageName = (typeof PAGES)[number];

export interface Pages {
  /** The page itself; fails where its source does not hold together. */
  page(name: PageName, request: Request): Promise<Response>;
  /** One of the files that a page asks for; undefined where no page does. */
  file(name: string, request: Request): Promise<Response | undefined>;
}

/** No script or style but those of the page's own files, and nothing from elsewhere. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";
const KEPT_FOR_GOOD = "public, max-age=31536000, immutable";
const ASKED_EACH_TIME = "no-cache";

/** Nothing is bundled yet. A page that fails is tried again when it is next asked for. */
export function createPages(bundle: (name: PageName) => Promise<PageBundle> = bundlePage): Pages {
  const bundles = new Map<PageName, Promise<PageBundle>>();
  const bundleOf = (name: PageName): Promise<PageBundle> => {
    const known = bundles.get(name) ?? bundle(name);
    bundles.set(name, known);
    known.catch(() => bundles.delete(name));
    return known;
  };
  return {
    async page(name, request) {
      const { document } = await bundleOf(name);
      return fileAnswer(document, request, ASKED_EACH_TIME);
    },
    async file(name, request) {
      const page = PAGES.find((candidate) => name.startsWith(`${candidate}-`));
      const file = page === undefined ? undefined : (await bundleOf(page)).files.get(name);
      return file === undefined ? undefined : fileAnswer(file, request, KEPT_FOR_GOOD);
    },
  };
}

/** The management page, and the files of all pages. `/chat` and `/match` are also WebSockets, and served there. */
export function servePages(app: Elysia, pages: Pages): void {
  const hidden = { detail: { hide: true } };
  app.get("/", ({ request }) => pages.page("manage", request), hidden);
  app.get(
    `${PAGE_FILES_PATH}:name`,
    async ({ params, request }) =>
      (await pages.file(params.name, request)) ?? problem("not_found", "Cannot find the file: no page has it"),
    hidden,
  );
}

/** A browser that opens the address; a program that wants the WebSocket, or does not say, gets no page. */
export function asksForPage({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get("accept") ?? "");
}

function fileAnswer({ mediaType, tag, encoded }: PageFile, request: Request, caching: string): Response {
  const headers = {
    ETag: `W/${entityTag(tag)}`,
    "Cache-Control": caching,
    "Content-Security-Policy": PAGE_POLICY,
    Vary: "Accept-Encoding",
  };
  const known = notModified(request, entityTag(tag), headers);
  if (known !== undefined) return known;
  const accepted = acceptedEncodings(request);
  const [encoding, bytes] = [...encoded].find(([name]) => accepted.has(name)) ?? ["identity", encoded.get("identity")];
  const encodingHeader = encoding === "identity" ? {} : { "Content-Encoding": encoding };
  return new Response(bytes, { headers: { ...headers, ...encodingHeader, "Content-Type": mediaType } });
}

/** Those that are named without a `q=0`. */
function acceptedEncodings({ headers }: Request): ReadonlySet<string> {
  const named = (headers.get("accept-encoding") ?? "").toLowerCase().split(",");
  return new Set(
    named.filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part)).map((part) => part.split(";", 1)[0]?.trim() ?? ""),
  );
}
