// An actor by its address, as a link to what is known of it.

import { linkTo } from "./route.ts";

/** Without a key, which of private types is not told, there is nothing to lead to. */
export function ActorLink({ type, actorKey }: { readonly type: string; readonly actorKey: string | undefined }) {
  if (actorKey === undefined) return <span>{type}/…</span>;
  return (
    <a href={linkTo("actors", type, actorKey)}>
      {type}/{actorKey}
    </a>
  );
}
