// Lines of text as a listener speaks them: a command with the ending it came with comes in, any text goes out.
import type { ByteSink, Protocol } from "./protocol.ts";
import type { TextBatch } from "./text-batch.ts";
import { TextLineDecoder } from "./text-line-decoder.ts";

/** UTF-8 needs at most three octets for each UTF-16 code unit. */
const UTF8_OCTETS_PER_UNIT_MAX = 3;

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["net.connections_max", "Servidor cheio"],
  ["net.connections_per_address_max", "Conexões demais deste endereço"],
  ["net.draining", "Servidor encerrando"],
]);

/** Ends that the peer is told of: neither its own, nor those that its session announces by itself. */
const FAREWELLS: ReadonlyMap<string, string> = new Map([
  ["idle_timeout", "* ! idle_timeout Conexão encerrada por inatividade."],
  ["first_byte_timeout", "* ! first_byte_timeout Conexão encerrada: nada foi recebido."],
  ["message_timeout", "* ! message_timeout Conexão encerrada: comando incompleto por tempo demais."],
  ["answer_timeout", "* ! answer_timeout Conexão encerrada: um comando demorou demais."],
  ["shutdown", "* ! shutdown Servidor encerrando."],
  ["session_crashed", "* ! session_crashed Conexão encerrada: erro interno do servidor."],
  ["quarantined", "* ! quarantined Conexão encerrada pelo servidor."],
  ["stopped", "* ! stopped Conexão encerrada pelo servidor."],
  ["disconnected_by_operator", "* ! disconnected_by_operator Conexão encerrada pelo operador."],
  ["wire.line_too_long", "ERROR: Linha longa demais (wire.line_too_long)."],
]);

/** Hot. Writes the text as it is: what ends its line, if anything, is in it. */
export function encodeText(text: string, sink: ByteSink): void {
  sink.reserve(text.length * UTF8_OCTETS_PER_UNIT_MAX);
  sink.offset += sink.bytes.write(text, sink.offset, "utf8");
}

/** Whether it is an end of ours that the peer, who expects none, is told of. */
export function isTold(reason: string): boolean {
  return FAREWELLS.has(reason);
}

export function createTextProtocol(): Protocol<string, string> {
  const spares: TextBatch[] = [];
  return {
    name: "text",
    createDecoder: () => new TextLineDecoder(spares),
    encode: encodeText,
    refusal: (reason) => Buffer.from(`ERROR: ${REFUSALS.get(reason) ?? "Conexão recusada"} (${reason}).\n`),
    farewell(reason) {
      const line = FAREWELLS.get(reason);
      return line === undefined ? undefined : Buffer.from(`${line}\n`);
    },
  };
}
