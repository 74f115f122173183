// The envelope of a request: every frame up to and including the first empty one, echoed unchanged before the reply.

export interface Enveloped {
  readonly envelope: readonly Buffer[];
  readonly body: readonly Buffer[];
}

/** Undefined where no frame is empty: then it is no request of a REQ socket. */
export function splitEnvelope(frames: readonly Buffer[]): Enveloped | undefined {
  const length = frames.findIndex((frame) => frame.length === 0) + 1;
  return length === 0 ? undefined : { envelope: frames.slice(0, length), body: frames.slice(length) };
}
