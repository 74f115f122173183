// The pipelined service: each connection is one actor that answers requests in order and leaves one row in the ledger.
import { type ActorType, session, type SessionContext, type TextPart } from "#runtime/mod.ts";

import { type ExperimentCell, type Ledger, ledgerRow } from "./ledger.ts";
import { errorReply, replyHead, ReplyWriter } from "./reply.ts";
import { parseRequest } from "./request.ts";

export interface PipelineService {
  readonly serverId: string;
  /** Simulated work for each request from now on, in milliseconds; 0 = none. */
  workMs(): number;
  readonly experiment: ExperimentCell;
  readonly ledger: Ledger;
}

interface PipelineState {
  clientId: string;
  /** How replies to this client begin. */
  replyHead: Uint8Array;
  messagesProcessed: number;
  processingMs: number;
}

type PipelineContext = SessionContext<PipelineState, readonly TextPart[]>;

const NO_BYTES = new Uint8Array(0);

/** The session type of the pipelined protocol: JSON text in, JSON text in parts out. */
export function createPipelineSession(
  service: PipelineService,
): ActorType<PipelineState, object, string, readonly TextPart[]> {
  const { serverId, workMs, ledger, experiment } = service;
  const replies = new ReplyWriter(serverId);

  /** Hot. */
  function answer(client: PipelineContext, text: string): void {
    answerAt(client, text, client.turnStartedAt);
  }

  /** Hot. */
  function answerOrWork(client: PipelineContext, text: string): Promise<void> | undefined {
    const ms = workMs();
    if (ms > 0) return answerAfterWork(client, text, ms);
    return void answer(client, text);
  }

  async function answerAfterWork(client: PipelineContext, text: string, ms: number): Promise<void> {
    await client.sleep(ms);
    answerAt(client, text, client.unixMs());
  }

  /** Hot. */
  function answerAt(client: PipelineContext, text: string, unixMs: number): void {
    const { state } = client;
    const request = parseRequest(text);
    if ("problem" in request) {
      client.countRefusal("pipeline.bad_request");
      client.send(errorReply(request, unixMs, serverId));
      state.processingMs += client.monotonicMs() - client.turnStartedMs;
    } else {
      if (request.clientId !== state.clientId) remember(state, request.clientId);
      const processingMs = client.monotonicMs() - client.turnStartedMs;
      client.send(replies.success(state.replyHead, request.messageId, unixMs, processingMs));
      state.processingMs += processingMs;
    }
    state.messagesProcessed++;
  }

  function leaveRow(client: PipelineContext, endReason: string): void {
    const { state, connection } = client;
    const { openedAt: startedAt, transport, bytesIn, bytesOut } = connection;
    const { clientId, messagesProcessed, processingMs } = state;
    const endedAt = client.unixMs();
    const counts = { messagesProcessed, processingMs, bytesIn, bytesOut };
    ledger.append(ledgerRow({ clientId, serverId, startedAt, endedAt, experiment, transport, endReason, ...counts }));
  }

  return session("pipeline-session", {
    state: (): PipelineState => ({
      clientId: "",
      replyHead: NO_BYTES,
      messagesProcessed: 0,
      processingMs: 0,
    }),
    message: answerOrWork,
    closed: leaveRow,
  });
}

function remember(state: PipelineState, clientId: string): void {
  state.clientId = clientId;
  state.replyHead = replyHead(clientId);
}
