// Dark or light: as the system says, until the person says otherwise; that is remembered.

import { signal } from "@preact/signals";

export type Theme = "light" | "dark";

const STORED_AS = "correio.theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const chosen = signal<Theme | undefined>(storedTheme());

/** The one that is shown. */
export const theme = signal<Theme>(currentTheme());

/** Before anything is drawn. */
export function startTheme(): void {
  systemIsDark.addEventListener("change", show);
  show();
}

export function switchTheme(): void {
  chosen.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(STORED_AS, chosen.value);
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }
  show();
}

function show(): void {
  theme.value = currentTheme();
  document.documentElement.dataset["theme"] = theme.value;
}

function currentTheme(): Theme {
  return chosen.value ?? (systemIsDark.matches ? "dark" : "light");
}

function storedTheme(): Theme | undefined {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return stored === "dark" || stored === "light" ? stored : undefined;
  } catch {
    return undefined;
  }
}
