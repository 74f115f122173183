// What surrounds every page: the skip link, the header with its controls, the navigation, the main part.

import type { ComponentChildren } from "preact";

export interface LayoutParts {
  readonly title: string;
  /** The text of the link that jumps over header and navigation, in the page's language. */
  readonly skipText: string;
  /** At the right of the header. */
  readonly controls?: ComponentChildren;
  readonly navigation?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Layout({ title, skipText, controls, navigation, children }: LayoutParts) {
  return (
    <div class={navigation === undefined ? "layout" : "layout with-navigation"}>
      <a class="skip" href="#main" onClick={skipToMain}>
        {skipText}
      </a>
      <header>
        <a class="brand" href="/">
          {title}
        </a>
        <div class="controls">{controls}</div>
      </header>
      {navigation}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** By hand: the fragment is the address of a view. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
