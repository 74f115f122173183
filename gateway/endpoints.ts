// Which methods an address takes, told from the list of routes: for 405 answers.

export interface Endpoint {
  readonly method: string;
  /** A path in which `:name` stands for any one segment. */
  readonly path: string;
}

/** Empty when no route has this address; a route for GET also takes HEAD. */
export function allowedMethods(endpoints: readonly Endpoint[], path: string): readonly string[] {
  const methods = new Set<string>();
  for (const endpoint of endpoints) {
    if (!matches(endpoint.path, path)) continue;
    methods.add(endpoint.method);
    if (endpoint.method === "GET") methods.add("HEAD");
  }
  return [...methods].sort();
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split("/");
  const actual = path.split("/");
  if (actual.length > 2 && actual.at(-1) === "") actual.pop();
  if (expected.length !== actual.length) return false;
  return expected.every((segment, index) =>
    segment.startsWith(":") ? actual[index] !== "" : segment === actual[index],
  );
}
