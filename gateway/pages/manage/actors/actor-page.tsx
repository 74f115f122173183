// One actor: how it stands, its state, its turns, its alarms, what can be done to it, and its methods to be called.

import type { ActorDetailView, ActorTypeView } from "#runtime/observe/view.ts";

import { pathTo } from "../../lib/api.ts";
import { Answered, Refusal } from "../answered.tsx";
import { type Fact, FactTiles } from "../fact-tiles.tsx";
import { formatBytes, formatCount, formatDuration } from "../format.ts";
import { RoleNote } from "../role-note.tsx";
import { linkTo } from "../route.ts";
import { useAnswer } from "../use-answer.ts";
import { ActorActs } from "./actor-acts.tsx";
import { ActorAlarms } from "./actor-alarms.tsx";
import { ActorState } from "./actor-state.tsx";
import { ActorTurns } from "./actor-turns.tsx";
import { Methods } from "./methods.tsx";

export interface ActorAddress {
  readonly type: string;
  readonly actorKey: string;
}

export function ActorPage({ type, actorKey }: ActorAddress) {
  const path = pathTo("actors", type, actorKey);
  const { answer, reload } = useAnswer<ActorDetailView>(path);
  const types = useAnswer<{ items: readonly ActorTypeView[] }>("/actors/types").answer;
  const known = types?.ok === true ? types.value.items.find((candidate) => candidate.type === type) : undefined;
  const isNew = answer?.ok === false && answer.problem.code === "actor_not_found";
  return (
    <>
      <h1>
        <a href={linkTo("actors", type)}>{type}</a>/{actorKey}
      </h1>
      <RoleNote role="operator" />
      {isNew ? (
        <p class="notice">There is no such actor yet: the first call makes it.</p>
      ) : (
        <Answered answer={answer}>
          {(actor, etag) => (
            <>
              <Standing actor={actor} reload={reload} path={path} />
              <div class="columns">
                <ActorState actor={actor} etag={etag} path={path} reload={reload} />
                <ActorTurns actor={actor} />
              </div>
              <ActorAlarms alarms={actor.alarms} path={path} reload={reload} />
            </>
          )}
        </Answered>
      )}
      {types?.ok === false && <Refusal problem={types.problem} />}
      {known !== undefined && <Methods methods={known.methods} path={path} called={reload} />}
    </>
  );
}

interface StandingParts {
  readonly actor: ActorDetailView;
  readonly path: string;
  readonly reload: () => void;
}

function Standing({ actor, path, reload }: StandingParts) {
  const { status, mailbox, mailboxBytes, turns, idleMs, commits, quarantine } = actor;
  const facts: readonly Fact[] = [
    { name: "Status", value: status },
    { name: "Waiting", value: `${formatCount(mailbox)} (${formatBytes(mailboxBytes)})` },
    { name: "Turns", value: formatCount(turns) },
    { name: "Idle for", value: formatDuration(idleMs) },
    ...(commits === undefined ? [] : [{ name: "Commits", value: formatCount(commits) }]),
  ];
  return (
    <section class="panel" aria-label="How it stands">
      <FactTiles facts={facts} />
      {quarantine !== undefined && <p class="notice warn">Shut: {quarantine}</p>}
      <ActorActs status={status} path={path} reload={reload} />
    </section>
  );
}
