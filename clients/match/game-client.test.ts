// The match client without sockets: accounts, questions, tables, invitations, the connection's life, and pipes.
import { describe, expect, test } from "bun:test";

import { INVITATION_MS, REPLY_WITHIN_MS } from "./limits.ts";
import { TestPlayer } from "./test-player.ts";

describe("an account", () => {
  test("is entered with the password behind the name, and a key is asked for", () => {
    const caio = new TestPlayer();
    caio.open();
    caio.type("login caio a");
    expect(caio.sent).toEqual(["login;caio;a"]);
    caio.receive("loginACK;Caio");
    expect(caio.shown).toEqual(["Conectado ao servidor!", "Login bem sucedido!"]);
    expect(caio.sent.at(-1)).toBe("key");
    expect(caio.client.prompt).toBe(">");
  });

  test("is entered with a password that is asked for, in secret", () => {
    const caio = new TestPlayer();
    caio.open();
    caio.type("login caio");
    expect([caio.client.prompt, caio.client.isPromptSecret]).toEqual(["Senha: ", true]);
    caio.type("duas palavras");
    expect(caio.sent).toEqual(["login;caio;duas palavras"]);
    expect([caio.client.prompt, caio.client.isPromptSecret]).toEqual([">", false]);
  });

  test("that was named at the start is entered as soon as there is a connection, and once", () => {
    const caio = new TestPlayer("caio");
    expect(caio.client.isPromptSecret).toBe(false);
    caio.open();
    expect(caio.client.prompt).toBe("Senha: ");
    caio.type("");
    expect([caio.client.prompt, caio.shown.at(-1)]).toEqual([">", "Sem senha, nada feito."]);
    caio.reconnect();
    expect(caio.client.prompt).toBe(">");
  });

  test("that was named at the start is not asked about while a line is being typed", () => {
    const caio = new TestPlayer("caio");
    caio.happen({ kind: "drafting", isDrafting: true });
    caio.open();
    caio.type("list");
    expect([caio.client.prompt, caio.sent]).toEqual([">", ["list"]]);
    caio.happen({ kind: "drafting", isDrafting: false });
    expect(caio.client.prompt).toBe("Senha: ");
  });

  test("is made with a password that is asked for twice", () => {
    const ana = new TestPlayer();
    ana.open();
    ana.type("adduser ana", "um", "dois");
    expect([ana.sent, ana.shown.at(-1)]).toEqual([[], "As duas não são iguais; a conta não foi criada."]);
    ana.type("adduser ana", "um", "um");
    expect(ana.sent).toEqual(["adduser;ana;um"]);
    ana.receive("adduserERR;USEREXISTS");
    expect(ana.shown.at(-1)).toBe("Esse nome já tem conta.");
  });

  test("has another password, and then another key", () => {
    const ana = TestPlayer.in("ana");
    ana.type("passwd", "segredo", "novo", "novo");
    expect(ana.sent).toEqual(["passwd;ana;segredo;novo"]);
    ana.receive("passwdACK");
    expect(ana.sent.at(-1)).toBe("key");
    ana.forget();
    ana.type("passwd novo outro");
    expect(ana.sent).toEqual(["passwd;ana;novo;outro"]);
  });

  test.each(["a;b", "\u0007", "x".repeat(129)])("has no password such as %j", (password) => {
    const ana = new TestPlayer();
    ana.open();
    ana.type("login ana", password);
    expect([ana.sent, ana.shown.at(-1)]).toEqual([[], "Senha inválida: 1 a 128 caracteres, sem ponto e vírgula."]);
  });

  test("that is left is nobody's any more", () => {
    const ana = TestPlayer.in("ana");
    ana.type("logout");
    ana.receive("logoutACK");
    expect(ana.shown).toEqual(["Você saiu da conta."]);
    ana.type("begin bea");
    expect(ana.shown.at(-1)).toBe("Entre antes: login NOME");
  });
});

describe("what the server tells", () => {
  test("is drawn as the document has it", () => {
    const ana = TestPlayer.in("ana");
    ana.type("leaders", "list");
    ana.receive("listACK;ana;bea", "leadersACK;caio:1;leandro:12;bea:1");
    expect(ana.shown.slice(0, 5)).toEqual(["-----", "Usuários conectados:", "-----", "ana", "bea"]);
    const scores = ["    leandro   | 12   |", "        bea   | 1    |", "       caio   | 1    |"];
    expect(ana.shown.slice(5)).toEqual(["-----", "      LEADERBOARD", "-----", ...scores]);
  });

  test("is a list of as many pages as there are", () => {
    const ana = TestPlayer.in("ana");
    const names = Array.from({ length: 500 }, (_, index) => `n${index}`);
    ana.type("list");
    ana.receive(`listACK;${names.join(";")}`);
    expect(ana.sent).toEqual(["list", "list;n499"]);
    ana.receive("listACK;zeca");
    expect(ana.shown.slice(3)).toEqual([...names, "zeca"]);
  });

  test("may be ranks and matches", () => {
    const ana = TestPlayer.in("ana");
    ana.type("top 2", "around", "matches");
    expect(ana.sent).toEqual(["top;2", "around;ana", "matches"]);
    ana.receive("topACK;1:ana:3;1:bea:3", "aroundACK;10:ana:1", "matchesACK;k3f9x2a1:ana:bea", "pong");
    expect(ana.shown).toEqual([" 1º ana   3", " 1º bea   3", " 10º ana   1", "k3f9x2a1  ana (O) contra bea (X)"]);
  });

  test("cannot move the cursor", () => {
    const ana = TestPlayer.in("ana");
    ana.type("list");
    ana.receive("listACK;\u001b[2J", "invite;\u202ebea");
    expect(ana.shown.join()).toContain("\\u{001b}[2J");
    expect(ana.shown.join()).toContain("\\u{202e}bea te convidou");
  });

  test("is answered when it asks whether we are there", () => {
    const ana = TestPlayer.in("ana");
    const actions = ana.client.take({ kind: "received", link: "main", line: "ping" });
    expect(actions).toEqual([{ kind: "send", link: "main", line: "pong" }]);
  });

  test("that it knows no such command is the oldest command's refusal", () => {
    const ana = TestPlayer.in("ana");
    ana.type("leaders", "list");
    ana.receive("Comando Não Reconhecido", "listACK");
    expect(ana.shown[0]).toBe("O servidor recusou: Comando Não Reconhecido");
    expect(ana.shown).toHaveLength(4);
  });
});

describe("an invitation", () => {
  test("is asked about, and only a yes or a no is an answer", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;Alan;hosted");
    expect(bea.shown).toEqual(["Alan te convidou para jogar! (partida no servidor)", "Aceitar?"]);
    expect(bea.client.prompt).toBe("[S/n]: ");
    bea.type("talvez");
    expect([bea.sent, bea.client.prompt]).toEqual([[], "[S/n]: "]);
    bea.type("n");
    expect([bea.sent, bea.client.prompt]).toEqual([["answer;Alan;False"], ">"]);
  });

  test.each(["", "S", "s", "y"])("is accepted with %j", (answer) => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;Alan;hosted");
    bea.type(answer);
    expect(bea.sent).toEqual(["answer;Alan;True"]);
  });

  test("waits while a password is asked for, and while a line is being typed", () => {
    const bea = TestPlayer.in("bea");
    bea.happen({ kind: "drafting", isDrafting: true });
    bea.receive("invite;Alan");
    expect([bea.client.prompt, bea.shown]).toEqual([">", ["Alan te convidou para jogar!"]]);
    bea.type("passwd");
    bea.happen({ kind: "drafting", isDrafting: false });
    expect([bea.client.prompt, bea.sent]).toEqual(["Senha atual: ", []]);
    bea.type("");
    expect(bea.client.prompt).toBe("[S/n]: ");
    expect(bea.shown.slice(-2)).toEqual(["Alan te convidou para jogar!", "Aceitar?"]);
  });

  test("that nobody answers is asked about no more, and the next one is", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;Alan");
    bea.pass(1_000);
    bea.receive("invite;caio");
    bea.pass(INVITATION_MS - 1_000);
    expect(bea.shown.slice(-3)).toEqual([
      "O convite de Alan não vale mais.",
      "caio te convidou para jogar!",
      "Aceitar?",
    ]);
    bea.type("n");
    expect(bea.sent).toEqual(["answer;caio;False"]);
  });

  test("of ours is sent, and its answer shown", () => {
    const ana = TestPlayer.in("ana");
    ana.type("begin bea");
    expect(ana.sent).toEqual(["begin;bea;ana"]);
    ana.receive("beginACK", "answer;bea;False");
    expect(ana.shown).toEqual(["Convite enviado a bea.", "bea não aceitou o convite."]);
    ana.type("begin bea hosted");
    ana.receive("beginERR;Invited user currently in a match");
    expect(ana.sent.at(-1)).toBe("begin;bea;ana;hosted");
    expect(ana.shown.at(-1)).toBe("Essa pessoa está em uma partida.");
  });

  test("is worth nothing once the connection is lost", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;Alan");
    bea.lose();
    expect(bea.shown[2]).toBe("O convite de Alan não vale mais.");
    expect(bea.client.prompt).toBe("(sem conexão) >");
  });
});

describe("a lost connection", () => {
  test("is made again, and the account taken up with its key", () => {
    const ana = TestPlayer.in("ana");
    ana.reconnect();
    expect(ana.sent).toEqual(["resume;ana;chave-de-ana"]);
    expect(ana.client.prompt).toBe("(sem conexão) >");
    ana.receive("resumeACK;ana");
    expect(ana.client.prompt).toBe(">");
    expect(ana.shown[0]).toMatch(
      /^Conexão perdida \(conexão encerrada\)\. Tentando de novo em \d+,\d s, até conseguir\.$/,
    );
    expect(ana.shown.at(-1)).toBe("Reconectado ao servidor.");
  });

  test("is told once, however often it fails", () => {
    const ana = TestPlayer.in("ana");
    ana.lose();
    for (let count = 0; count < 5; count++) {
      ana.wait();
      ana.lose("main", "ECONNREFUSED");
    }
    expect(ana.shown).toHaveLength(1);
  });

  test("whose key is worth nothing needs a login again", () => {
    const ana = TestPlayer.in("ana");
    ana.reconnect();
    ana.receive("resumeERR;Wrong Key");
    expect(ana.shown.at(-1)).toBe("A sessão acabou (O servidor recusou: Wrong Key). Entre de novo: login ana");
    expect(ana.client.prompt).toBe(">");
    ana.reconnect();
    expect(ana.sent.filter((line) => line.startsWith("resume"))).toHaveLength(1);
  });

  test("is taken up again later, where the server is busy", () => {
    const ana = TestPlayer.in("ana");
    ana.reconnect();
    ana.receive("resumeERR;Try again");
    ana.pass(2_000);
    expect(ana.sent).toEqual(["resume;ana;chave-de-ana", "resume;ana;chave-de-ana"]);
  });

  test("is told with what was not answered, but never with a password", () => {
    const ana = TestPlayer.in("ana");
    ana.type("list", "passwd velha nova");
    ana.lose();
    expect(ana.shown.slice(0, 2)).toEqual(["Sem resposta: list", "Sem resposta: passwd"]);
    expect(ana.shown.join()).not.toContain("nova");
    ana.type("list");
    expect(ana.shown.at(-1)).toBe("Sem conexão com o servidor.");
  });

  test("is noticed when the server is silent, and when it does not answer", () => {
    const silent = TestPlayer.in("ana");
    silent.wait();
    silent.wait();
    expect(silent.wanted).toEqual([{ kind: "close", link: "main" }]);
    expect(silent.shown[0]).toContain("(sem resposta)");
    const stuck = TestPlayer.in("bea");
    stuck.type("list");
    stuck.pass(REPLY_WITHIN_MS);
    expect(stuck.shown.slice(0, 2)).toEqual(["Sem resposta: list", expect.stringContaining("não responde")]);
  });

  test("of somebody else who has taken the account over is the end", () => {
    const ana = TestPlayer.in("ana");
    ana.receive("disconnect;replaced");
    expect(ana.exitCode).toBe(1);
  });
});

describe("leaving", () => {
  test("says goodbye and ends when the server has let go", () => {
    const ana = TestPlayer.in("ana");
    ana.type("exit");
    expect([ana.sent, ana.exitCode]).toEqual([["exit"], undefined]);
    ana.receive("disconnect;exit");
    ana.lose();
    expect([ana.shown, ana.exitCode]).toEqual([["Finalizando cliente"], 0]);
  });

  test("with Ctrl-C ends with 130, also when the server says nothing, and at once with a second one", () => {
    const ana = TestPlayer.in("ana");
    ana.happen({ kind: "interrupted" });
    expect(ana.exitCode).toBeUndefined();
    ana.pass(1_000);
    expect(ana.exitCode).toBe(130);
    const bea = TestPlayer.in("bea");
    bea.happen({ kind: "interrupted" });
    bea.happen({ kind: "interrupted" });
    expect(bea.exitCode).toBe(130);
  });

  test("without a connection just ends", () => {
    const ana = new TestPlayer();
    ana.type("exit");
    expect(ana.exitCode).toBe(0);
  });
});

describe("from a pipe", () => {
  test("commands come one after the other, and a password when it is asked for", () => {
    const ana = new TestPlayer();
    expect(ana.client.isReadyFor("list")).toBe(false);
    ana.open();
    expect(ana.client.isReadyFor("login ana")).toBe(true);
    ana.type("login ana");
    expect(ana.client.isReadyFor("segredo")).toBe(true);
    ana.type("segredo");
    expect(ana.client.isReadyFor("list")).toBe(false);
    ana.receive("loginACK;ana", "keyACK;k");
    expect(ana.client.isReadyFor("list")).toBe(true);
  });

  test("a yes waits for its question, and nothing else is taken for one", () => {
    const bea = TestPlayer.in("bea");
    expect(bea.client.isReadyFor("S")).toBe(false);
    bea.receive("invite;ana;hosted");
    expect([bea.client.isReadyFor("S"), bea.client.isReadyFor("list")]).toEqual([true, false]);
  });

  test("moves wait for the answer to the invitation, for the match, and for our turn", () => {
    const ana = TestPlayer.in("ana");
    const isReady = (): boolean => ana.client.isReadyFor("send 1 1");
    ana.type("begin bea hosted");
    ana.receive("beginACK");
    expect(isReady()).toBe(false);
    ana.receive("answer;bea;True");
    expect(isReady()).toBe(false);
    ana.receive("match;k3f9x2a1;ana;bea;.........;0;ana;30000");
    expect(isReady()).toBe(true);
    ana.type("send 1 1");
    ana.receive("playACK;1", "moved;k3f9x2a1;1;1;1;ana;bea;30000");
    expect([isReady(), ana.client.isReadyFor("exit"), ana.client.isReadyFor("list")]).toEqual([false, false, true]);
    ana.receive("moved;k3f9x2a1;2;2;2;bea;ana;30000");
    expect(isReady()).toBe(true);
  });

  test("the end waits for what was asked, and says when it never comes", () => {
    const ana = TestPlayer.in("ana");
    ana.type("list");
    ana.happen({ kind: "ended", isPatient: true });
    expect(ana.sent).toEqual(["list"]);
    ana.receive("listACK;ana");
    expect(ana.sent).toEqual(["list", "exit"]);
    ana.lose();
    expect(ana.exitCode).toBe(0);
    const alone = new TestPlayer();
    alone.happen({ kind: "ended", isPatient: true });
    while (alone.exitCode === undefined) {
      alone.wait();
      if (alone.exitCode === undefined) alone.lose("main", "ECONNREFUSED");
    }
    expect([alone.exitCode, alone.shown.at(-1)]).toEqual([1, "Nem tudo o que foi pedido ficou pronto."]);
  });
});
