// The floor of hosted matches: a bare Bun.listen program over TLS that passes moves on, and stores nothing.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import type { Socket } from "bun";

interface Peer {
  name: string;
  /** The start of a line whose end has not come. */
  carry: string;
  match: Match | undefined;
  invited: Client | undefined;
}

type Client = Socket<Peer>;

interface Match {
  readonly id: string;
  readonly host: Client;
  readonly guest: Client;
  readonly board: string[];
  moves: number;
}

const LINES = ["012", "345", "678", "036", "147", "258", "048", "246"].map((line) => Array.from(line, Number));
const SQUARES = 9;
const TURN_MS = 30_000;

const clients = new Map<string, Client>();
const ids = { last: 0 };

/** Short lines to a client that reads: what the kernel does not take, the client has lost. */
function send(client: Client, line: string): void {
  if (client.write(`${line}\n`) <= line.length) client.terminate();
}

function start(host: Client, guest: Client): void {
  const match: Match = { id: String(++ids.last), host, guest, board: Array<string>(SQUARES).fill("."), moves: 0 };
  host.data.match = guest.data.match = match;
  const line = `match;${match.id};${host.data.name};${guest.data.name};.........;0;${host.data.name};${TURN_MS}`;
  for (const player of [host, guest]) send(player, line);
}

function play(client: Client, [row = "", column = ""]: readonly string[]): void {
  const { match } = client.data;
  const square = (Number(row) - 1) * 3 + Number(column) - 1;
  if (match === undefined || client !== (match.moves % 2 === 0 ? match.host : match.guest)) {
    return send(client, "playERR;not_your_turn");
  }
  if (match.board[square] !== ".") return send(client, "playERR;occupied");
  const mark = client === match.host ? "O" : "X";
  match.board[square] = mark;
  match.moves++;
  const isWon = LINES.some((line) => line.every((each) => match.board[each] === mark));
  const isOver = isWon || match.moves === SQUARES;
  const next = isOver ? "" : (client === match.host ? match.guest : match.host).data.name;
  const { name } = client.data;
  const moved = `moved;${match.id};${match.moves};${row};${column};${name};${next};${TURN_MS}`;
  send(client, `playACK;${match.moves}`);
  for (const player of [match.host, match.guest]) {
    send(player, moved);
    if (!isOver) continue;
    send(player, `ended;${match.id};${isWon ? name : ""};${isWon ? "line" : "board_full"};${match.moves}`);
    player.data.match = undefined;
  }
}

function obey(client: Client, line: string): void {
  const [command, first = "", ...rest] = line.split(";");
  const other = clients.get(first);
  if (command === "resume") {
    client.data.name = first;
    clients.set(first, client);
    send(client, `resumeACK;${first}`);
  } else if (command === "begin" && other !== undefined) {
    client.data.invited = other;
    send(client, "beginACK");
    send(other, `invite;${client.data.name};hosted`);
  } else if (command === "answer" && other?.data.invited === client) {
    other.data.invited = undefined;
    send(client, "answerACK");
    send(other, `answer;${client.data.name};True`);
    start(other, client);
  } else if (command === "play") play(client, [first, ...rest]);
  else send(client, "Comando Não Reconhecido");
}

const { values } = parseArgs({ options: { cert: { type: "string" }, key: { type: "string" } } });
const server = Bun.listen<Peer>({
  hostname: "127.0.0.1",
  port: 0,
  tls: { cert: readFileSync(values.cert ?? "", "utf8"), key: readFileSync(values.key ?? "", "utf8") },
  socket: {
    open(client) {
      client.data = { name: "", carry: "", match: undefined, invited: undefined };
      client.setNoDelay(true);
    },
    data(client, chunk) {
      const lines = (client.data.carry + chunk.toString("utf8")).split("\n");
      client.data.carry = lines.pop() ?? "";
      for (const line of lines) obey(client, line);
    },
    close: (client) => void clients.delete(client.data.name),
  },
});
console.log(`listening ${server.port}`);
