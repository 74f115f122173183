// The button that turns dark into light and back.

import { switchTheme, theme } from "./theme.ts";

/** What the button does, in the page's language. */
export interface ThemeSwitchTexts {
  readonly toDark: string;
  readonly toLight: string;
}

export function ThemeSwitch({ toDark, toLight }: ThemeSwitchTexts) {
  const isDark = theme.value === "dark";
  return (
    <button type="button" class="quiet" onClick={switchTheme}>
      {isDark ? toLight : toDark}
    </button>
  );
}
