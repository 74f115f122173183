// What the server answers to a GET, asked for when a view appears, when its address changes, and when who asks does.

import { useCallback, useEffect, useState } from "preact/hooks";

import { type Answer, ask } from "../lib/api.ts";
import { identity } from "./access.ts";

export interface Asked<Value> {
  /** Undefined until the first one is there; the one before while the next is awaited. */
  readonly answer: Answer<Value> | undefined;
  readonly reload: () => void;
}

/** Without a path nothing is asked. */
export function useAnswer<Value>(path: string | undefined): Asked<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>();
  const [times, setTimes] = useState(0);
  const who = identity.value;
  useEffect(() => {
    if (path === undefined) return undefined;
    const asking = { isOver: false };
    const load = async (): Promise<void> => {
      const known = await ask<Value>("GET", path);
      if (!asking.isOver) setAnswer(known);
    };
    void load();
    return () => void (asking.isOver = true);
  }, [path, times, who]);
  return { answer, reload: useCallback(() => setTimes((count) => count + 1), []) };
}
