// What the core reports, to listeners none of which can break what it reports on.
import type { Clock } from "../base/clock.ts";
import type { CoreEvents } from "./ports.ts";

/**
 * Events that nobody listens to go nowhere. What a listener throws is thrown again when the current callback is over,
 * as an uncaught error: it is no actor's fault, and hidden it would never be mended.
 */
export function safeEvents(listeners: Partial<CoreEvents>, clock: Clock): CoreEvents {
  const safe = <Event>(listener: ((event: Event) => void) | undefined): ((event: Event) => void) => {
    return (event) => {
      try {
        listener?.(event);
      } catch (error) {
        clock.soon(() => {
          throw error;
        });
      }
    };
  };
  return {
    crashed: safe((event) => reportCrash(listeners, event)),
    refused: safe(listeners.refused),
    deadLetter: safe(listeners.deadLetter),
    quarantined: safe(listeners.quarantined),
    overBudget: safe(listeners.overBudget),
    stillOpen: safe(listeners.stillOpen),
    storeFailed: safe(listeners.storeFailed),
  };
}

/** Anything can be thrown, also what nobody can look at. */
function reportCrash({ crashed }: Partial<CoreEvents>, event: Parameters<CoreEvents["crashed"]>[0]): void {
  try {
    crashed?.(event);
  } catch (cause) {
    crashed?.({ ...event, error: new Error("Cannot report what was thrown", { cause }) });
  }
}
