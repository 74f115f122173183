// What players say to each other without the server; existing programs put no end to it.
import { cellAt, placeOf } from "#actors/match/rules.ts";

import type { LinkTarget } from "../links/link.ts";
import type { MessageGrammar } from "../links/message-gatherer.ts";

/** On the match port: a move, whose last number may go on; and from a program of ours that its player gives up. */
const PLAY_GRAMMAR: MessageGrammar = { whole: /(?!)/, unfinished: /^(?:p(?:l(?:a(?:y(?:;\d*;?)?)?)?)?|en?)$/ };
/** On the ping port: nothing waits for a silence, which would be measured too. */
const PING_GRAMMAR: MessageGrammar = { whole: /^p[io]ng/, unfinished: /^p(?:[io]n?)?$/ };

export const PEER_LINKS = ["play", "ping"] as const;

/** Where the other is, the machine is told. */
export const PEER_TARGETS: Readonly<Record<(typeof PEER_LINKS)[number], LinkTarget>> = {
  play: { transport: "messages", host: "", port: 0, grammar: PLAY_GRAMMAR },
  ping: { transport: "messages", host: "", port: 0, grammar: PING_GRAMMAR },
};

/** Of ours alone: the connection closes behind it, which is all that other programs need to see. */
export const GIVE_UP_MESSAGE = "end";

export function playMessage(cell: number): string {
  const { row, column } = placeOf(cell);
  return `play;${row};${column}`;
}

/** 0 to 8; undefined for what is no move on the board. */
export function parsePlay(message: string): number | undefined {
  const [, row, column] = /^play;(\d);(\d)$/.exec(message) ?? [];
  return cellAt(Number(row), Number(column));
}
