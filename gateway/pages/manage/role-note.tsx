// Says which role the acts of a view take, to who has it not.

import { isSignedIn, type Role, signInAsked, whyNot } from "./access.ts";

export function RoleNote({ role }: { readonly role: Role }) {
  const reason = whyNot(role);
  if (reason === undefined) return null;
  return (
    <p class="muted row">
      Acts on this view take the role {role}.
      <button type="button" onClick={() => (signInAsked.value = true)}>
        {isSignedIn.value ? "Sign in as another" : "Sign in"}
      </button>
    </p>
  );
}
