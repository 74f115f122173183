// A few figures side by side, each below its name.

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export function FactTiles({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="tiles">
      {facts.map(({ name, value }) => (
        <div key={name} class="tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
