// Signing in and out: what the header shows of it, and the dialog that takes a token.

import { signal } from "@preact/signals";

import type { Problem } from "../lib/api.ts";
import { Dialog } from "../lib/dialog.tsx";
import { ProblemNote } from "../lib/problem-note.tsx";
import { identity, isIdentityKnown, isSignedIn, signIn, signInAsked, signOut } from "./access.ts";

const problem = signal<Problem | undefined>(undefined);

export function SignInState() {
  const { name, role } = identity.value;
  if (!isIdentityKnown.value) return null;
  if (!isSignedIn.value) {
    return (
      <button type="button" class="primary" onClick={() => (signInAsked.value = true)}>
        Sign in
      </button>
    );
  }
  return (
    <>
      <span>
        {name} <span class="muted">({role})</span>
      </span>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}

export function SignInDialog() {
  const close = (): void => {
    signInAsked.value = false;
    problem.value = undefined;
  };
  return (
    <Dialog title="Sign in" isOpen={signInAsked.value} onClose={close}>
      <form onSubmit={(event) => void submit(event, close)}>
        <div class="field">
          <label for="sign-in-token">Token</label>
          <input
            id="sign-in-token"
            name="token"
            type="password"
            autocomplete="off"
            required
            aria-describedby="sign-in-hint"
          />
          <span class="hint" id="sign-in-hint">
            The admin token that the server printed at its start, or one that an admin has made under Access.
          </span>
        </div>
        <ProblemNote problem={problem.value} />
        <div class="row">
          <button class="primary">Sign in</button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

async function submit(event: SubmitEvent, close: () => void): Promise<void> {
  event.preventDefault();
  const token = String(new FormData(event.currentTarget as HTMLFormElement).get("token") ?? "");
  const answer = await signIn(token.trim());
  if (answer.ok) close();
  else problem.value = answer.problem;
}
