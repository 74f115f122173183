// Text from elsewhere as a terminal may show it: nothing in it moves the cursor, turns the writing round or hides.

/** Controls, format characters (bidi, zero width, tags), line separators, halves of surrogate pairs. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const TAB = "    ";

/** One line: whatever is not plain text is written out as `\u{001b}`; a tab is four blanks. */
export function safeText(text: string): string {
  return text.replace(HARMFUL, (character) => {
    if (character === "\t") return TAB;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`;
  });
}
