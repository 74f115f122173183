// How this process's server, its outlet and the sessions of others find one another, and what they tell each other.
import { type Addressable, limits, type Static, t } from "#runtime/mod.ts";

import type { Answer, Ask, Request } from "../election/messages.ts";
import type { Polled } from "./clock-duty.ts";
import { type KnownServer, KnownServerSchema } from "./reference.ts";
import type { InstructionSchema } from "./server-messages.ts";
import { parseServerName } from "./server-name.ts";
import type { Fields, GroupSettings } from "./services.ts";

/** There is one of each. */
export const SERVER_KEY = "own";
export const OUTLET_KEY = "all";

/** Why the reference has not listed it: in its words, and as a code where it is of this kind. */
export const NotRegisteredSchema = t.Object({ name: t.String(), reason: t.String(), code: t.Optional(t.String()) });
export const NamedSchema = t.Object({ name: t.String() });
export const ListedSchema = t.Object({
  name: t.String({ description: "As it was registered" }),
  rank: t.Integer({ minimum: 1 }),
  servers: t.Array(KnownServerSchema),
  group: t.Optional(t.Unsafe<GroupSettings>(t.Unknown())),
});
export const AnsweredSchema = t.Object({ ask: t.Unsafe<Ask>(t.Unknown()), message: t.Unsafe<Answer>(t.Unknown()) });
export const RequestedSchema = t.Object({ from: t.String(), message: t.Unsafe<Request>(t.Unknown()) });
export const PolledSchema = t.Unsafe<Polled>(t.Unknown());
export const FieldsSchema = t.Unsafe<Fields>(t.Unknown());
/** Unix seconds, as an operator or an existing program says it. */
export const TimeSchema = t.Object({ time: t.Number() });

/** How the servers stand, as one of them sees it. */
export const StatusSchema = t.Object({
  name: t.Optional(t.String({ description: "This server's; absent until the reference has given it a rank" })),
  rank: t.Optional(t.Integer()),
  role: t.Union([t.Literal("coordinator"), t.Literal("follower"), t.Literal("unsure")]),
  coordinator: t.Optional(t.String()),
  epoch: t.Optional(t.Integer()),
  time: t.Number({ description: "Unix seconds, as the group has agreed on" }),
  boundMs: t.Optional(
    t.Number({ description: "How far that is from the time of the group at most, where it is known" }),
  ),
  steps: t.Integer({
    description: "Times that the clock was stepped: when it joined, and forward when its machine has slept",
  }),
  clock: t.Integer({ description: "Lamport time" }),
  servers: t.Array(
    t.Object({
      ...KnownServerSchema.properties,
      offsetMs: t.Optional(
        t.Number({ description: "Its clock's offset from the time of the group, as its coordinator measures it" }),
      ),
      boundMs: t.Optional(t.Number()),
      isDamped: t.Boolean({ description: "It has come and gone too often to be elected now" }),
    }),
  ),
});

interface Told<Schema extends { static: unknown }> {
  readonly in: Schema["static"];
  readonly out: void;
}

interface OwnServerMethods {
  readonly notRegistered: Told<typeof NotRegisteredSchema>;
  readonly listed: Told<typeof ListedSchema>;
  readonly unreachable: Told<typeof NamedSchema>;
  readonly answered: Told<typeof AnsweredSchema>;
  readonly polled: Told<typeof PolledSchema>;
  readonly requested: { readonly in: Static<typeof RequestedSchema>; readonly out: Fields };
  readonly instructed: Told<typeof InstructionSchema>;
  readonly told: Told<typeof TimeSchema>;
  readonly status: { readonly in: undefined; readonly out: Static<typeof StatusSchema> };
}

export const ownServer = { name: "server" } as Addressable<OwnServerMethods>;

/**
 * Of what a reference lists, what can be a server. One that has not said where it is, is the host of its name; one that
 * is nowhere is listed all the same, and does not answer.
 */
export function parseServers(list: unknown): KnownServer[] {
  return (Array.isArray(list) ? list : []).flatMap((entry: Partial<KnownServer> | null) => {
    const { name: given, rank = 0, address: said, votes } = entry ?? {};
    const name = parseServerName(given);
    if (name === undefined || !Number.isSafeInteger(rank) || rank < 1) return [];
    const address = typeof said === "string" ? said : name;
    const isShort = address.length <= limits.serverAddressLengthMax;
    return { name, rank, address: isShort ? address : "", votes: votes === true };
  });
}
