// Queries are read strictly: a filter that is misspelt, said twice or mangled would otherwise be another, or none.

import type { Elysia } from "elysia";

type BadQueryKind = "malformed_request" | "repeated_parameter" | "unknown_parameter";

/** What is wrong with a query; answered with status 400. */
export class BadQuery extends Error {
  readonly kind: BadQueryKind;

  constructor(kind: BadQueryKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** To be called before there are routes. Pages and their files are asked for with whatever browsers add. */
export function checkQueries(app: Elysia): void {
  const namesOfRoutes = new Map<string, readonly string[]>();
  app.onTransform(({ request, route }) => {
    const start = request.url.indexOf("?");
    if (start < 0 || route === "/" || route.startsWith("/docs")) return;
    if (namesOfRoutes.size === 0) for (const each of app.routes) namesOfRoutes.set(nameOf(each), queryNames(each));
    const method = request.method === "HEAD" ? "GET" : request.method;
    checkNames(namesIn(request.url.slice(start + 1)), namesOfRoutes.get(nameOf({ method, path: route })) ?? []);
  });
}

function nameOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}

function queryNames({ hooks }: Elysia["routes"][number]): readonly string[] {
  const schema = hooks?.query as { readonly properties?: object } | undefined;
  return Object.keys(schema?.properties ?? {});
}

function checkNames(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const takes = known.length === 0 ? "none" : known.join(", ");
    throw badQuery("unknown_parameter", `"${unknown}" is no query parameter here; there is ${takes}`);
  }
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw badQuery("repeated_parameter", `"${repeated}" stands in the query more than once`);
}

/** Decoded, as are the values here: the router would leave what it cannot decode as it is. */
function namesIn(query: string): readonly string[] {
  const parts = query.split("&").filter((part) => part !== "");
  try {
    return parts.map((part) => part.split("=").map(decoded)[0] ?? "");
  } catch {
    throw badQuery("malformed_request", "its query is no percent-encoded UTF-8");
  }
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

function badQuery(kind: BadQueryKind, why: string): BadQuery {
  return new BadQuery(kind, `Cannot accept the request: ${why}`);
}
