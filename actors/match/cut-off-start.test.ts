// A server killed while somebody says yes: the match goes on, or never was, and both players are free at once.
import { expect, test } from "bun:test";

import { MatchNode } from "./test-players.ts";

const STEPS_MAX = 24;

async function killedWhileAnswering(steps: number, begin: string, yes: string) {
  const node = new MatchNode();
  const [ana, beto] = [await node.player("ana"), await node.player("beto")];
  const [anaKey, betoKey] = [await ana.resumeKey(), await beto.resumeKey()];
  await ana.send(begin);
  beto.connection.deliver(`${yes}\n`);
  for (let step = 0; step < steps; step++) await node.stepped.step();
  node.stepped.kill();
  await node.stepped.restart();
  const [anaAgain, betoAgain] = [node.connect(), node.connect()];
  const lines = [await anaAgain.send(`resume;ana;${anaKey}`), await betoAgain.send(`resume;beto;${betoKey}`)].flat();
  // No time has passed: what the second has set going is all that they may have to wait for.
  lines.push(...anaAgain.take());
  return { lines, again: await anaAgain.send(begin) };
}

test.each([
  ["hosted", "begin;beto;ana;hosted", "answer;ana;True", /^match;.*;ana;\d+$/],
  ["between peers", "begin;beto;ana", "answer;ana;True;5001;beto;5002", /^answer;beto;True/],
] as const)(
  "a match %s that was cut off while it began is over when its players are back",
  async (_, begin, yes, on) => {
    const kinds = new Set<string>();
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const { lines, again } = await killedWhileAnswering(steps, begin, yes);
      const isOn = lines.some((line) => on.test(line));
      const isOver = lines.some((line) => line.endsWith(";not_started;0"));
      kinds.add(isOn ? "on" : isOver ? "over" : "none");
      const reply = isOn ? "beginERR;Inviting User currently in a match" : "beginACK";
      expect([steps, again]).toEqual([steps, [reply]]);
    }
    expect([...kinds].sort()).toEqual(["none", "on", "over"]);
  },
);
