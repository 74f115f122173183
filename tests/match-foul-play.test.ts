// What players can try against the rules: invitations, moves and reports that are not theirs are refused in words.
import { afterAll, afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { eventually } from "./lib/eventually.ts";
import { Bystanders } from "./lib/match-bystanders.ts";
import type { MatchConnection } from "./lib/match-connection.ts";
import { MatchServer } from "./lib/match-server.ts";

setDefaultTimeout(20_000);

const server = await MatchServer.start({ CORREIO_TURN_MS: 600_000 });
const bystanders = await Bystanders.start(server);
const [beto, caio] = await Promise.all([server.player("beto"), server.player("caio")]);

afterEach(async () => {
  await bystanders.playOn();
  // Neither score has changed by what the others tried.
  const leaders = (await beto.ask("leaders")).split(";").filter((each) => !each.endsWith(":0"));
  expect(leaders).toEqual(["leadersACK", ...(bystanders.games > 0 ? [`ana:${bystanders.games}`] : [])]);
  expect([beto.lines, caio.lines]).toEqual([[], []]);
  expect(await server.crashes()).toBe(0);
});

afterAll(() => server.stop());

/** Caio hosts. */
async function playHosted(): Promise<void> {
  expect(await caio.ask("begin;beto;caio;hosted")).toBe("beginACK");
  expect(await beto.take("invite")).toBe("invite;caio;hosted");
  expect(await beto.ask("answer;caio;True")).toBe("answerACK");
  expect(await caio.take("answer")).toBe("answer;beto;True");
  await takeBoth("match;");
}

async function introduce(host: MatchConnection, guest: MatchConnection, names: readonly string[]): Promise<void> {
  const [ofHost = "", ofGuest = ""] = names;
  expect(await host.ask(`begin;${ofGuest};${ofHost}`)).toBe("beginACK");
  expect(await guest.take("invite")).toBe(`invite;${ofHost}`);
  expect(await guest.ask(`answer;${ofHost};True;5001;${ofGuest};5002`)).toBe("answerACK");
  expect(await host.take("answer")).toBe(`answer;${ofGuest};True;127.0.0.1;5001;5002`);
}

/** What both are told, without the match's id. */
async function takeBoth(start: string): Promise<readonly string[]> {
  const lines = await Promise.all([caio.take(start), beto.take(start)]);
  return lines.map((line) => line.split(";").toSpliced(1, 1).join(";"));
}

async function expectReplies(player: MatchConnection, replies: Readonly<Record<string, string>>): Promise<void> {
  expect(await player.askAll(Object.keys(replies))).toEqual(Object.values(replies));
}

describe("an invitation", () => {
  test("of nobody, of oneself, for another, or of somebody who plays is refused", () =>
    expectReplies(caio, {
      "begin;nobody;caio": "beginERR;Invited user not connected",
      "begin;;caio": "beginERR;Invited user not connected",
      "begin;caio;caio": "beginERR;Cannot invite yourself",
      "begin;Caio;caio;hosted": "beginERR;Cannot invite yourself",
      "begin;beto;ana": "beginERR;Inviting user is not you",
      "begin;beto;": "beginERR;Inviting user is not you",
      "begin;ana;caio": "beginERR;Invited user currently in a match",
      "begin;beto;caio;chess": "beginERR;Invalid kind",
      "begin;beto;caio;": "beginERR;Invalid kind",
    }));

  test("that was not made cannot be answered", () =>
    expectReplies(caio, {
      "answer;beto;True;5001;caio;5002": "answerERR;No such invitation",
      "answer;beto;True": "answerERR;No such invitation",
      "answer;beto;False": "answerERR;No such invitation",
      "answer;ana;True;5001;caio;5002": "answerERR;No such invitation",
      "answer;caio;False": "answerERR;No such invitation",
      "answer;nobody;False": "answerERR;No such invitation",
      "answer;;False": "answerERR;No such invitation",
      "answer;beto;Maybe": "answerERR;Invalid answer",
      "answer;beto;true": "answerERR;Invalid answer",
    }));

  test("stands until it is answered as it should be: with ports of its guest's own, by its guest", async () => {
    expect(await beto.ask("begin;caio;beto")).toBe("beginACK");
    expect(await caio.take("invite")).toBe("invite;beto");
    await expectReplies(beto, {
      "begin;caio;beto": "beginERR;Already inviting",
      "begin;caio;beto;hosted": "beginERR;Already inviting",
      "answer;caio;True;5001;beto;5002": "answerERR;No such invitation",
      "answer;beto;True;5001;beto;5002": "answerERR;No such invitation",
    });
    await expectReplies(caio, {
      "answer;beto;True;80;caio;5002": "answerERR;Invalid Port",
      "answer;beto;True;5001;caio;65536": "answerERR;Invalid Port",
      "answer;beto;True;-1;caio;5002": "answerERR;Invalid Port",
      "answer;beto;True;5001;caio;": "answerERR;Invalid Port",
      "answer;beto;True;10.0.0.1:5001;caio;5002": "answerERR;Invalid Port",
      "answer;beto;True;5001;ana;5002": "answerERR;Answering user is not you",
      "answer;beto;True": "answerERR;Wrong Number of Arguments",
      "answer;beto;False": "answerACK",
      "answer;beto;True;5001;caio;5002": "answerERR;No such invitation",
    });
    expect(await beto.take("answer")).toBe("answer;caio;False");
  });
});

describe("in a hosted match", () => {
  test("moves out of turn, off the board, onto others or with a wrong number change nothing", async () => {
    await playHosted();
    expect(await beto.ask("play;1;1")).toBe("playERR;not_your_turn");
    const offBoard = ["0;1", "1;4", "-1;1", "a;b", ";", "1.0;1", "01;1", " 1;1", "1e0;1", "9;9", "10;10", "９;1"];
    const messages = offBoard.map((place) => `play;${place}`);
    expect(await caio.askAll(messages)).toEqual(messages.map(() => "playERR;off_board"));
    await expectReplies(caio, {
      "play;2;2;2": "playERR;wrong_number",
      "play;2;2;0": "playERR;wrong_number",
      "play;2;2;x": "playERR;wrong_number",
      "play;2;2;1": "playACK;1",
      "play;1;1": "playERR;not_your_turn",
      "play;1;1;2": "playERR;not_your_turn",
      "play;1;1;1": "playERR;wrong_number",
    });
    await expectReplies(beto, {
      "play;2;2": "playERR;occupied",
      "play;2;2;1": "playERR;wrong_number",
      "play;1;1;2": "playACK;2",
    });
    // Sent again, as after a lost connection.
    expect(await beto.ask("play;1;1;2")).toBe("playACK;2");
    expect(await takeBoth("moved")).toEqual(Array(2).fill("moved;1;2;2;caio;beto;600000"));
    expect(await takeBoth("moved")).toEqual(Array(2).fill("moved;2;1;1;beto;caio;600000"));
    await draw(["1;2", "3;2", "2;1", "2;3", "1;3", "3;1", "3;3"]);
  });

  test("who logs out hears nothing more of it on that connection", async () => {
    const [davi, eva] = await Promise.all([server.player("davi"), server.player("eva")]);
    await davi.ask("begin;eva;davi;hosted");
    await eva.take("invite");
    await eva.ask("answer;davi;True");
    await eva.take("match;");
    expect(await eva.ask("logout")).toBe("logoutACK");
    expect((await davi.take("absent")).split(";").at(-1)).toBe("eva");
    expect(await eva.ask("list")).toStartWith("listACK;ana");
    expect(eva.lines).toEqual([]);
    for (const player of [davi, eva]) player.close();
  });

  test("nothing goes on after the end", async () => {
    await playHosted();
    await draw(["2;2", "1;1", "1;2", "3;2", "2;1", "2;3", "1;3", "3;1", "3;3"]);
    for (const player of [caio, beto]) {
      await expectReplies(player, {
        "play;3;3": "playERR;ended",
        "play;3;3;9": player === caio ? "playACK;9" : "playERR;wrong_number",
        end: "endERR;ended",
        "result;caio;beto;WIN":
          player === caio ? "resultERR;No match with that user" : "resultERR;Reporting user is not you",
      });
    }
  });
});

/** The rest of a game that nobody wins; caio is to move. */
async function draw(places: readonly string[]): Promise<void> {
  for (const [index, place] of places.entries()) {
    expect(await (index % 2 === 0 ? caio : beto).ask(`play;${place}`)).toBe(`playACK;${9 - places.length + index + 1}`);
    await takeBoth("moved");
  }
  expect(await takeBoth("ended")).toEqual(Array(2).fill("ended;;board_full;9"));
}

describe("in a match between peers", () => {
  test("reports for others, about others, of nothing or twice are refused, and two winners are none", async () => {
    await introduce(caio, beto, ["caio", "beto"]);
    await expectReplies(caio, {
      "result;caio;ana;WIN": "resultERR;No match with that user",
      "result;caio;nobody;WIN": "resultERR;No match with that user",
      "result;caio;caio;WIN": "resultERR;No match with that user",
      "result;beto;caio;LOST": "resultERR;Reporting user is not you",
      "result;ana;bea;WIN": "resultERR;Reporting user is not you",
      "result;caio;beto;win": "resultERR;Invalid result",
      "result;caio;beto;": "resultERR;Invalid result",
      "play;1;1": "playERR;not_in_match",
      "begin;beto;caio": "beginERR;Inviting User currently in a match",
      "result;caio;beto;WIN": "resultACK",
      "result;caio;beto;LOST": "resultERR;Already reported",
    });
    expect(await beto.ask("result;beto;caio;WIN")).toBe("resultERR;Conflicting reports of match result");
    expect(await caio.take("result")).toBe("resultERR;Conflicting reports of match result");
    expect(await takeBoth("ended")).toEqual(Array(2).fill("ended;;conflict;0"));
    expect(await beto.ask("result;beto;caio;LOST")).toBe("resultERR;Already reported");
  });

  test("a guest that nobody can connect to, and who logs in anew, has left: both are free", async () => {
    const guest = await server.player("guest");
    await introduce(caio, guest, ["caio", "guest"]);
    expect(await beto.ask("begin;guest;beto")).toBe("beginERR;Invited user currently in a match");
    guest.close();
    await eventually("its place to be free", async () => !(await beto.ask("list")).includes("guest"));
    const anew = await server.modern();
    expect(await anew.ask("login;guest;segredo de guest")).toBe("loginACK;guest");
    expect(await caio.take("result")).toBe("resultERR;Match abandoned");
    expect((await caio.take("ended")).replace(/;\w+/, "")).toBe("ended;;abandoned;0");
    expect(await anew.ask("begin;caio;guest")).toBe("beginACK");
    expect(await caio.take("invite")).toBe("invite;guest");
    expect(await caio.ask("answer;guest;False")).toBe("answerACK");
    anew.close();
  });
});
