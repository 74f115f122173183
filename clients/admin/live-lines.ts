// What `live` prints where there is no screen: a line for each thing, each with its time, so that a program can filter.
import { leadLine, leadOffsetText, queueLines, standingText } from "./live-frame.ts";
import { leadOf, type Look } from "./live-look.ts";
import { boundText, HOME_SILENT, offsetText } from "./shown.ts";
import { cut } from "./table.ts";

/** `time`: `HH:MM:SS`. */
export function liveLines(look: Look, time: string): readonly string[] {
  const lead = leadOf(look);
  const servers = look.servers.map((server) => {
    const { rank, name, reading } = server;
    const start = `Servidor ${rank} ${cut(name)}: ${standingText(server, lead)}`;
    if (reading === undefined) return start;
    const { offsetMs, uncertaintyMs, boundMs } = reading;
    const fromLead = leadOffsetText(name, lead);
    const seen = fromLead === "" ? "" : `, do coordenador ${fromLead} ms`;
    return `${start}, daqui ${offsetText(offsetMs, uncertaintyMs)} ms${seen}, limite ${boundText(boundMs)} ms`;
  });
  const slow = (look.queues?.slow ?? []).map(
    ({ address, dropped, waitingBytes }) =>
      `Assinante lento ${cut(address)}: ${dropped} perdidas, ${waitingBytes} bytes à espera`,
  );
  const home = look.isHomeSilent ? [HOME_SILENT] : [];
  return [...home, leadLine(look, lead), ...servers, ...queueLines(look), ...slow].map((line) => `${time} ${line}`);
}
