// Query names that a route does not take are refused: a filter that is misspelt would otherwise be no filter.

import type { Elysia } from "elysia";

/** What was wrong with the names of a query; answered with status 400. */
export class UnknownQueryName extends Error {}

/** To be called before there are routes. Pages and their files are asked for with whatever browsers add. */
export function refuseUnknownQueryNames(app: Elysia): void {
  const namesOfRoutes = new Map<string, readonly string[]>();
  app.onTransform(({ request, route, query }) => {
    if (route === "/" || route.startsWith("/docs")) return;
    if (namesOfRoutes.size === 0) for (const each of app.routes) namesOfRoutes.set(nameOf(each), queryNames(each));
    const method = request.method === "HEAD" ? "GET" : request.method;
    const known = namesOfRoutes.get(nameOf({ method, path: route })) ?? [];
    const unknown = Object.keys(query).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const takes = known.length === 0 ? "none" : known.join(", ");
    throw new UnknownQueryName(`Cannot accept the request: "${unknown}" is no query parameter here; there is ${takes}`);
  });
}

function nameOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}

function queryNames({ hooks }: Elysia["routes"][number]): readonly string[] {
  const schema = hooks?.query as { readonly properties?: object } | undefined;
  return Object.keys(schema?.properties ?? {});
}
