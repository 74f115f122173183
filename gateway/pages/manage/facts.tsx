// Any JSON object as names and values, what is nested under a heading of its own.

interface FactsParts {
  readonly facts: Readonly<Record<string, unknown>>;
}

export function Facts({ facts }: FactsParts) {
  const simple = Object.entries(facts).filter(([, value]) => !isNested(value));
  const nested = Object.entries(facts).filter((entry): entry is [string, object] => isNested(entry[1]));
  return (
    <div class="facts">
      {simple.length > 0 && (
        <dl>
          {simple.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {nested.map(([name, value]) => (
        <section key={name} aria-label={name}>
          <h2>{name}</h2>
          <Facts facts={named(value)} />
        </section>
      ))}
    </div>
  );
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Items of a list by their own names, where they have any. */
function named(value: object): Readonly<Record<string, unknown>> {
  if (!Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    value.map((item: unknown, index) => {
      const { name, value: of, unit } = (item ?? {}) as { name?: unknown; value?: unknown; unit?: unknown };
      return typeof name === "string" ? [name, [of ?? "–", unit ?? ""].join(" ")] : [String(index + 1), item];
    }),
  );
}
