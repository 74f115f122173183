// The time that is left for a turn, counting down in the page; the server's own clock decides.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const DRAWN_EVERY_MS = 250;
const HURRY_S = 10;

/** On the page's clock. */
export function TurnClock({ endsAtMs }: { readonly endsAtMs: number }) {
  const nowMs = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => (nowMs.value = performance.now()), DRAWN_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const leftS = Math.max(0, Math.ceil((endsAtMs - nowMs.value) / 1_000));
  return (
    <span class={leftS <= HURRY_S ? "clock hurry" : "clock"} role="timer" aria-label="Tempo para a jogada">
      {leftS} s
    </span>
  );
}
