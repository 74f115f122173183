// Says that the live feed does not stand, and only then: figures are old, and come back by themselves.

import { isConnected, latest, retryFeed } from "./live.ts";

export function ConnectionNote() {
  const isLost = !isConnected.value && latest.value !== undefined;
  return (
    <div role="status" class={isLost ? "notice warn row" : undefined}>
      {isLost && (
        <>
          <span>No connection to the server: figures are the last that were heard. Trying again.</span>
          <button type="button" onClick={retryFeed}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}
