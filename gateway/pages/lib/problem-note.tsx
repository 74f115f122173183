// What stood against a request, as the server says it.

import type { ComponentChildren } from "preact";

import type { Problem } from "./api.ts";

export interface ProblemNoteParts {
  readonly problem: Problem | undefined;
  /** What can be done about it. */
  readonly more?: ComponentChildren;
}

export function ProblemNote({ problem, more }: ProblemNoteParts) {
  if (problem === undefined) return null;
  return (
    <div role="alert" class="notice bad">
      <strong>{problem.title}</strong>
      <p>{problem.detail}</p>
      {more}
    </div>
  );
}
