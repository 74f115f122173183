// How every page begins: its theme, then what it shows.

import { type ComponentChild, render } from "preact";

import { startTheme } from "./theme.ts";

export function startPage(content: ComponentChild): void {
  const place = document.getElementById("page");
  if (place === null) throw new Error('Cannot start the page: the document has no element "page"');
  startTheme();
  render(content, place);
}
