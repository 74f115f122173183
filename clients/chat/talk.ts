// What a person types, done: said in the current room, or one of the client's own commands.
import { limits } from "#runtime/limits.ts";

import type { Actions } from "../machine/actions.ts";
import { AWAITED_MAX, UNACKNOWLEDGED_MAX } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Places } from "./places.ts";
import type { Requests } from "./requests.ts";
import { noticeText } from "./shown.ts";
import { clientCommands, parseTyped } from "./typed-line.ts";

export interface TalkParts {
  readonly actions: Actions;
  readonly requests: Requests;
  readonly places: Places;
  readonly outbox: Outbox;
  readonly nextTag: () => string;
  /** The server knows us. */
  readonly isNamed: () => boolean;
  readonly quit: () => void;
}

/** Of a line, what tag and blanks may take. */
const TAG_BYTES_MAX = 40;
const TOO_LONG = "Não enviada: linha longa demais. A seta para cima a traz de volta.";
const OFFLINE = "Sem conexão com o servidor.";

export class Talk {
  readonly #parts: TalkParts;
  /** Empty when there is none. */
  #room: string;

  constructor(parts: TalkParts, room: string) {
    this.#parts = parts;
    this.#room = room;
  }

  /** Where what is typed is said. */
  get room(): string {
    return this.#room;
  }

  typed(line: string): void {
    const typed = parseTyped(line);
    switch (typed.kind) {
      case "nothing":
        return;
      case "wrong":
        return this.#print(typed.usage);
      case "say":
        return this.#say(typed.text);
      case "msg":
        return this.#send(`@${typed.id}`, `MSG ${typed.id} ${typed.text}`, typed.text);
      case "join":
        return this.#enter(typed.room);
      case "room":
        return this.#parts.places.rooms.includes(typed.room) ? this.#goTo(typed.room) : this.#enter(typed.room);
      case "rooms":
        return this.#print(`Você está em: ${this.#parts.places.rooms.join(", ") || "nenhuma sala"}.`);
      case "leave":
        return this.#leave(typed.room ?? this.#room);
      case "who":
        return this.#inRoom((room) => this.#ask(`WHO ${room}`, { kind: "who", room, members: [] }));
      case "history":
        return this.#inRoom((room) => this.#history(room, typed.count));
      case "raw":
        return this.#ask(typed.command, { kind: "raw" });
      case "help":
        return [...clientCommands(), "O resto é dito na sala."].forEach((text) => this.#parts.actions.print(text));
      case "quit":
        return this.#parts.quit();
    }
  }

  /** The room is one of ours no more. */
  left(room: string): void {
    this.#parts.places.leave(room);
    if (this.#room === room) this.#room = this.#parts.places.rooms.at(-1) ?? "";
  }

  #print(text: string): void {
    this.#parts.actions.print(noticeText(text));
  }

  #say(text: string): void {
    this.#inRoom((room) => this.#send(room, `SAY ${room} ${text}`, text));
  }

  #inRoom(act: (room: string) => void): void {
    if (this.#room === "") this.#print("Entre antes numa sala: /join sala");
    else act(this.#room);
  }

  #send(place: string, command: string, text: string): void {
    const { outbox, nextTag, isNamed } = this.#parts;
    if (Buffer.byteLength(command) > limits.textLineBytesMax - TAG_BYTES_MAX) return this.#print(TOO_LONG);
    if (outbox.isFull) return this.#print(`Não enviada: ${UNACKNOWLEDGED_MAX} mensagens esperam confirmação.`);
    outbox.add({ tag: nextTag(), command, place, text });
    if (!isNamed()) this.#print(`Para enviar quando houver conexão, a ${place}: ${text}`);
  }

  #enter(room: string): void {
    const { places, isNamed } = this.#parts;
    if (!places.rooms.includes(room) && places.rooms.length >= limits.roomsPerSessionMax) {
      return this.#print("Salas demais.");
    }
    places.enter(room, isNamed());
    this.#goTo(room);
  }

  #goTo(room: string): void {
    this.#room = room;
    this.#print(`Falando em ${room}.`);
  }

  /** Only with nothing on its way there: it would come too late. */
  #leave(room: string): void {
    const { places, outbox, isNamed } = this.#parts;
    if (!places.rooms.includes(room)) return this.#print("Você não está nessa sala.");
    if (outbox.countOf(room) > 0) return this.#print(`Ainda há mensagens a caminho de ${room}; tente de novo.`);
    if (isNamed()) this.#ask(`LEAVE ${room}`, { kind: "leave", room });
    this.left(room);
    this.#print(`Você saiu de ${room}.`);
  }

  #history(room: string, count: number): void {
    const after = Math.max(0, this.#parts.places.seen(room) - count);
    this.#ask(`HISTORY ${room} ${after} ${count}`, { kind: "history", place: room, again: true });
  }

  #ask(command: string, request: Parameters<Requests["send"]>[2]): void {
    const { requests, isNamed } = this.#parts;
    if (!isNamed()) return this.#print(OFFLINE);
    if (requests.isFull) return this.#print(`${AWAITED_MAX} respostas ainda faltam.`);
    if (Buffer.byteLength(command) > limits.textLineBytesMax - TAG_BYTES_MAX) return this.#print(TOO_LONG);
    requests.send("main", command, request);
  }
}
