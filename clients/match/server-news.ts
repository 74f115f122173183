// What the server says, handed to the part of the client that it concerns.
import type { Actions } from "../machine/actions.ts";
import type { HostedGames } from "./hosted-games.ts";
import type { Invitations } from "./invitations.ts";
import type { PeerGame } from "./peer-game.ts";
import type { ServerPing } from "./pings.ts";
import type { Requests } from "./requests.ts";
import { refusalText } from "./sentences.ts";
import type { ServerMessage } from "./server-message.ts";
import type { Say } from "./shown.ts";

export interface ServerNewsParts {
  readonly actions: Actions;
  readonly requests: Requests;
  readonly invitations: Invitations;
  readonly hosted: HostedGames;
  readonly peer: PeerGame;
  readonly serverPing: ServerPing;
  readonly say: Say;
  /** The server lets go of us, and has said why. */
  readonly disconnected: (reason: string) => void;
}

export class ServerNews {
  readonly #parts: ServerNewsParts;

  constructor(parts: ServerNewsParts) {
    this.#parts = parts;
  }

  take(message: ServerMessage): void {
    const { actions, requests, invitations, hosted, peer, serverPing, say, disconnected } = this.#parts;
    switch (message.kind) {
      case "done":
        return void requests.done(message.command, message.fields);
      case "refused":
        return this.#refused(message.command, message.reason);
      case "ping":
        return actions.add({ kind: "send", link: "main", line: "pong" });
      case "pong":
        return serverPing.answered(message.text);
      case "invited":
        return invitations.invited(message.host, message.isHosted);
      case "declined":
        return invitations.declined(message.guest);
      case "accepted":
        // Said again to whoever comes back, who may be playing.
        if (peer.isPlaying || peer.isReporting) return undefined;
        return invitations.accepted(message.guest, message.where);
      case "snapshot":
        return hosted.snapshot(message);
      case "moved":
        return hosted.moved(message);
      case "absent":
      case "present":
        return hosted.presence(message.id, message.who, message.kind === "present");
      case "ended":
        return hosted.ended(message) ? undefined : peer.ended(message);
      case "disconnected":
        return disconnected(message.reason);
      case "other":
        return say(message.text);
    }
  }

  /** What nobody has asked is told of a result that the other has reported otherwise. */
  #refused(command: string | undefined, reason: string): void {
    const { requests, peer, say } = this.#parts;
    if (requests.refused(command, reason)) return;
    if (command === "result") peer.refused(reason);
    else say(refusalText(reason));
  }
}
