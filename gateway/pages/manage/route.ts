// The address of a view: the fragment after `#/`, cut at its slashes, each part any text.

import { computed, signal } from "@preact/signals";

const fragment = signal(location.hash);

globalThis.addEventListener("hashchange", () => (fragment.value = location.hash));

/** `["actors", "counter", "page/home"]` for `#/actors/counter/page%2Fhome`; empty for the overview. */
export const route = computed<readonly string[]>(() => {
  const path = /^#\/([^?]*)/.exec(fragment.value)?.[1] ?? "";
  return path
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
});

export function linkTo(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
