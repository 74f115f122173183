// The audit: numbered entries that are kept, of all that was changed over HTTP and of what was refused there.
import { actor, type DurableContext, type DurableReadContext, t } from "#runtime/mod.ts";

import {
  ActSchema,
  AUDIT_BOUNDS,
  type AuditEntry,
  AuditQuerySchema,
  EntrySchema,
  fits,
  RefusedSchema,
} from "./entries.ts";

/** Of the only one there is. */
export const AUDIT_KEY = "main";

const NUMBER_DIGITS = 12;
/** Each kind has its rows, so that each has its own oldest. */
const KINDS = { acts: AUDIT_BOUNDS.actsMax, refusals: AUDIT_BOUNDS.refusalsMax };
type Kind = keyof typeof KINDS;

interface AuditState {
  /** The last number that was given. */
  last: number;
  acts: number;
  refusals: number;
}

const NumberSchema = t.Integer({ minimum: 1 });
const EndSchema = t.Object({ number: NumberSchema, status: t.Integer(), endedAt: t.Integer({ minimum: 0 }) });
const PageSchema = t.Object({ items: t.Array(EntrySchema), next: t.Optional(NumberSchema) });

/**
 * `begin` answers when the entry is stored: whoever acts after that has nothing to hide. An entry is never changed but
 * for its end. Asked by the gateway alone: over HTTP its methods have no addresses.
 */
export const Audit = actor("audit", {
  about: "Who has changed what through the gateway, when, from where, and how it ended; there is one",
  internal: true,
  state: (): AuditState => ({ last: 0, acts: 0, refusals: 0 }),
  durable: true,
  private: true,
})
  .on("begin", { in: ActSchema, out: NumberSchema }, (audit, act) => append(audit, "acts", act))
  .on("end", { in: EndSchema }, async ({ rows }, { number, ...end }) => {
    const begun = await rows.get(rowOf("acts", number));
    if (begun !== undefined) rows.put(rowOf("acts", number), { ...(begun as object), ...end });
  })
  .on("refused", { in: RefusedSchema }, async (audit, refused) => {
    await append(audit, "refusals", { ...refused, endedAt: refused.at });
  })
  .read("page", { in: AuditQuerySchema, out: PageSchema }, async (audit, query) => {
    const found: AuditEntry[] = [];
    let before = query.before ?? audit.state.last + 1;
    for (let scanned = 0; scanned < AUDIT_BOUNDS.scannedMax; scanned += AUDIT_BOUNDS.pageMax) {
      const entries = await newest(audit, before);
      for (const entry of entries) {
        if (fits(entry, query)) found.push(entry);
        if (found.length === query.limit) return { items: found, next: entry.number };
      }
      if (entries.length < AUDIT_BOUNDS.pageMax) return { items: found };
      before = entries.at(-1)?.number ?? 1;
    }
    return { items: found, next: before };
  });

async function append(audit: DurableContext<AuditState>, kind: Kind, entry: object): Promise<number> {
  const { state, rows } = audit;
  const number = state.last + 1;
  rows.put(rowOf(kind, number), entry);
  state.last = number;
  if (state[kind] < KINDS[kind]) {
    state[kind] += 1;
    return number;
  }
  const [oldest] = await rows.range({ from: rowOf(kind, 0), before: rowOf(kind, number), limit: 1 });
  if (oldest !== undefined) rows.delete(oldest.row);
  return number;
}

/** Of both kinds: the newest of all are among the newest of each. */
async function newest({ rows }: DurableReadContext<AuditState>, before: number): Promise<AuditEntry[]> {
  const limit = AUDIT_BOUNDS.pageMax;
  const range = (kind: Kind) => ({ from: rowOf(kind, 0), before: rowOf(kind, before), limit, reverse: true });
  const found = [...(await rows.range(range("acts"))), ...(await rows.range(range("refusals")))];
  const entries = found.map(({ row, value }) => ({ number: numberOf(row), ...(value as Omit<AuditEntry, "number">) }));
  return entries.sort((one, other) => other.number - one.number).slice(0, limit);
}

function rowOf(kind: Kind, number: number): string {
  return `${kind}/${String(number).padStart(NUMBER_DIGITS, "0")}`;
}

function numberOf(row: string): number {
  return Number(row.slice(row.indexOf("/") + 1));
}
