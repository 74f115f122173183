// Passwords of players over a WebSocket, which may come without TLS: what the setting makes of them.
import { describe, expect, test } from "bun:test";

import type { MatchServices } from "./services.ts";
import { MatchNode } from "./test-players.ts";

function nodeThat(plainLogin: MatchServices["plainLogin"]): MatchNode {
  return new MatchNode({}, { plainLogin });
}

const ALL = ["adduser;ana;segredo", "login;ana;segredo", "passwd;ana;segredo;outro"];

describe("a password over a WebSocket", () => {
  test("is taken without a word where the setting allows it", async () => {
    const player = nodeThat("allow").connect("web-match-session");
    expect(await player.send(...ALL)).toEqual(["adduserACK", "loginACK;ana", "passwdACK"]);
  });

  test("is taken with a warning, which comes before the reply", async () => {
    const player = nodeThat("warn").connect("web-match-session");
    const replies = ["adduserACK", "loginACK;ana", "passwdACK"].flatMap((reply) => ["warning;plain_login", reply]);
    expect(await player.send(...ALL)).toEqual(replies);
  });

  test("is not so much as looked at where the setting refuses it, and neither is what stands for one", async () => {
    const node = nodeThat("refuse");
    const player = node.connect("web-match-session");
    const refused = ["adduser", "login", "passwd", "resume", "key"].map((name) => `${name}ERR;TLS connection required`);
    expect(await player.send(...ALL, "resume;ana;chave", "key")).toEqual(refused);
    expect(node.passwords.count).toBe(0);
    expect(await player.send("list", "matches")).toEqual(["listACK", "matchesACK"]);
  });

  test("is taken without a word where the gateway speaks TLS", async () => {
    const node = new MatchNode({}, { plainLogin: "refuse", isWebEncrypted: true });
    const replies = await node.connect("web-match-session").send(...ALL);
    expect(replies).toEqual(["adduserACK", "loginACK;ana", "passwdACK"]);
  });

  test("is nobody's concern over TLS, and nothing else is warned of", async () => {
    const node = nodeThat("warn");
    expect(await node.connect().send(...ALL)).toEqual(["adduserACK", "loginACK;ana", "passwdACK"]);
    const web = node.connect("web-match-session");
    expect(await web.send("list", "ping;login;x")).toEqual(["listACK;ana", "pingERR;Wrong Number of Arguments"]);
  });
});

describe("players over WebSocket and TLS", () => {
  test("invite one another, and are sent the same", async () => {
    const node = new MatchNode();
    const web = node.connect("web-match-session");
    await web.send("adduser;ana;segredo", "login;ana;segredo");
    const tls = await node.player("bea");
    expect(await tls.send("begin;ana;bea;hosted")).toEqual(["beginACK"]);
    expect(web.take()).toEqual(["invite;bea;hosted"]);
    const [answered, snapshot = ""] = await web.send("answer;bea;True");
    expect(answered).toBe("answerACK");
    expect(tls.take()).toEqual(["answer;ana;True", snapshot]);
    const id = snapshot.split(";")[1];
    expect(await tls.send("play;2;2;1")).toEqual(["playACK;1", `moved;${id};1;2;2;bea;ana;30000`]);
    expect(web.take()).toEqual([`moved;${id};1;2;2;bea;ana;30000`]);
  });

  test("take a match over from one another with the key", async () => {
    const node = new MatchNode();
    const web = node.connect("web-match-session");
    await web.send("adduser;ana;segredo", "login;ana;segredo");
    const id = await node.host(web, await node.player("bea"), ["ana", "bea"]);
    const key = await web.resumeKey();
    const tls = node.connect();
    expect(await tls.send(`resume;ana;${key}`)).toEqual(["resumeACK;ana", `match;${id};ana;bea;.........;0;ana;30000`]);
    expect(web.endReason).toBe("replaced");
    const again = node.connect("web-match-session");
    expect((await again.send(`resume;ana;${key}`))[0]).toBe("resumeACK;ana");
    expect(tls.endReason).toBe("replaced");
  });
});
