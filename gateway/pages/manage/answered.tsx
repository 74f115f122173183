// What a view shows of an answer: that it is awaited, what stood against it, or what is made of its value.

import type { ComponentChildren } from "preact";

import type { Answer, Problem } from "../lib/api.ts";
import { ProblemNote } from "../lib/problem-note.tsx";
import { signInAsked } from "./access.ts";

export interface AnsweredParts<Value> {
  readonly answer: Answer<Value> | undefined;
  readonly children: (value: Value, etag: string | undefined) => ComponentChildren;
}

export function Answered<Value>({ answer, children }: AnsweredParts<Value>) {
  if (answer === undefined) return <p class="muted">Loading …</p>;
  if (!answer.ok) return <Refusal problem={answer.problem} />;
  return <>{children(answer.value, answer.etag)}</>;
}

/** A problem, with the way out where signing in is one. */
export function Refusal({ problem }: { readonly problem: Problem | undefined }) {
  const needsRole = problem?.status === 401 || problem?.status === 403;
  const signIn = (
    <button type="button" onClick={() => (signInAsked.value = true)}>
      {problem?.status === 401 ? "Sign in" : "Sign in as another"}
    </button>
  );
  return <ProblemNote problem={inWords(problem)} more={needsRole && signIn} />;
}

/** What the server says of a missing token is meant for programs. */
function inWords(problem: Problem | undefined): Problem | undefined {
  if (problem?.status !== 401) return problem;
  const detail = "This takes a token; the link that the server printed when it started has one.";
  return { ...problem, title: "Sign in first", detail };
}
