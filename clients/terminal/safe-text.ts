// Text from elsewhere as a terminal may show it: nothing in it moves the cursor, turns the writing round or hides.

/** Controls, format characters (bidi, zero width, tags), line separators, halves of surrogate pairs. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const TAB = "    ";
/** Between two emoji a joiner hides nothing: it makes one of them. */
const JOINER = "\u200d";
const EMOJI_JOINER = /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}]\ufe0f?)\u200d(?=\p{Extended_Pictographic})/u;

/** One line: whatever is not plain text is written out as `\u{001b}`; a tab is four blanks. */
export function safeText(text: string): string {
  return text.split(EMOJI_JOINER).map(withoutHarm).join(JOINER);
}

function withoutHarm(text: string): string {
  return text.replace(HARMFUL, (character) => {
    if (character === "\t") return TAB;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`;
  });
}
