// Who is in the room that is shown, and where each comes from.

import type { Place } from "./place.ts";

export interface MemberListParts {
  readonly place: Place;
  readonly self: string;
  readonly writeTo: (id: string) => void;
}

export function MemberList({ place: { members }, self, writeTo }: MemberListParts) {
  return (
    <section class="panel members" aria-label="Pessoas na sala">
      <h2>
        Na sala <span class="muted">({members.length})</span>
      </h2>
      <ul>
        {members.map(({ id, address }) => (
          <li key={id}>
            <span class="member-name">{id === self ? `${id} (você)` : id}</span>
            <span class="muted address">{address}</span>
            {id !== self && (
              <button type="button" class="quiet small" onClick={() => writeTo(id)}>
                Mensagem<span class="hidden-text"> para {id}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
