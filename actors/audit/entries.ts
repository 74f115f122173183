// What the audit writes of each act: who, what, when, from where, and how it ended.
import { type Static, t } from "#runtime/mod.ts";

export const AUDIT_BOUNDS = {
  actsMax: 10_000,
  /** Apart from acts: however many are refused, no act is forgotten for them. */
  refusalsMax: 1_000,
  /** Entries that one page is looked for among, where it is filtered. */
  scannedMax: 2_000,
  pageMax: 500,
} as const;

/** As it is begun. */
export const ActSchema = t.Object({
  at: t.Integer({ minimum: 0, description: "Unix milliseconds" }),
  who: t.String({ description: "The token's name; `anonymous` where there was none" }),
  role: t.String({ description: "What that may do" }),
  via: t.String({ description: "`token`, `cookie` or `none`" }),
  from: t.String({ description: "The remote address" }),
  requestId: t.String(),
  method: t.String(),
  path: t.String({ description: "With its query; its beginning where that is very long" }),
  body: t.Optional(t.String({ description: "Its beginning, without secrets; absent for actors of private types" })),
});

export const EntrySchema = t.Object({
  number: t.Integer({ minimum: 1, description: "Counts up" }),
  ...ActSchema.properties,
  status: t.Optional(t.Integer({ description: "How it ended; absent while it goes on, or where the process ended" })),
  endedAt: t.Optional(t.Integer({ minimum: 0, description: "Unix milliseconds" })),
});

export const RefusedSchema = t.Object({ ...ActSchema.properties, status: t.Integer() });

export const AuditQuerySchema = t.Object({
  limit: t.Integer({ minimum: 1, maximum: AUDIT_BOUNDS.pageMax }),
  before: t.Optional(t.Integer({ minimum: 1, description: "Entries with lower numbers" })),
  who: t.Optional(t.String()),
  /** The beginning of it. */
  path: t.Optional(t.String()),
  from: t.Optional(t.String()),
});

export type Act = Static<typeof ActSchema>;
export type AuditEntry = Static<typeof EntrySchema>;
export type AuditQuery = Static<typeof AuditQuerySchema>;

export function fits(entry: AuditEntry, { who, path, from }: AuditQuery): boolean {
  return (
    (who === undefined || entry.who === who) &&
    (path === undefined || entry.path.startsWith(path)) &&
    (from === undefined || entry.from === from)
  );
}
