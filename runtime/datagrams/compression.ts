// A message as it travels: deflated with a dictionary of our own words where that is shorter.
import { limits } from "../limits.ts";
import { deflate, inflate } from "./deflate.ts";

/** Part of the protocol: both sides have the same, octet for octet. What is most frequent stands last. */
const DICTIONARY = new TextEncoder().encode(
  "WHO HISTORY LEAVE ADDUSER LOGIN BIND UDP HELP EXIT TIME PING: pong ERROR: Comando não reconhecido." +
    "EXIT: Encerrando conexão.* ! shutdown Servidor encerrando.* ! idle_timeout Conexão encerrada por inatividade." +
    "chat.not_a_member chat.id_in_use HISTORY: JOIN: LEAVE: WHO: 127.0.0.1:52341/tcp/udp ana@bea@JOIN lobby" +
    "HELLO: MSG: SAY: lobby ECHO: Comando recebido com sucesso.* @-11-2026T12:00:00.000Z: * lobby SAY lobby ",
);

/** The octets that travel, and whether they are deflated. One can be sent to many. */
export interface PackedMessage {
  readonly wire: Uint8Array;
  readonly compressed: boolean;
}

/** Compressed where that is shorter; messages below `datagramCompressBytesMin` are left as they are. */
export function packMessage(message: Uint8Array): PackedMessage {
  if (message.length < limits.datagramCompressBytesMin || message.length > limits.datagramMessageBytesMax) {
    return { wire: message, compressed: false };
  }
  const wire = deflate(message, DICTIONARY);
  return wire.length < message.length ? { wire, compressed: true } : { wire: message, compressed: false };
}

/** `undefined` where the octets are not what `packMessage` makes, or would become longer than a message may be. */
export function unpackMessage({ wire, compressed }: PackedMessage): Uint8Array | undefined {
  return compressed ? inflate(wire, DICTIONARY, limits.datagramMessageBytesMax) : wire;
}
