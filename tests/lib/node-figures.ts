// What a node tells of itself over HTTP: its lists and its metrics.

export class NodeFigures {
  readonly #url: string;

  constructor(httpPort: number) {
    this.#url = `http://127.0.0.1:${httpPort}`;
  }

  /** Open connections that `GET /sessions` lists, at most 500. */
  async sessions(): Promise<readonly { id: string; bytesIn: number; bytesOut: number; outboundBytes: number }[]> {
    const response = await fetch(`${this.#url}/sessions?limit=500`);
    return ((await response.json()) as { items: never }).items;
  }

  /** Resident actors that `GET /actors` lists, at most 500. */
  async actors(): Promise<readonly { status: string; mailbox: number }[]> {
    const response = await fetch(`${this.#url}/actors?limit=500`);
    return ((await response.json()) as { items: never }).items;
  }

  /** `GET /metrics`. */
  async text(): Promise<string> {
    return (await fetch(`${this.#url}/metrics`)).text();
  }

  /** The value of one line of `GET /metrics`, such as `correio_connections`; 0 when there is none. */
  async metric(line: string): Promise<number> {
    return Number(
      (await this.text())
        .split("\n")
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1) ?? 0,
    );
  }

  /** The sum of all lines of one metric, over all its labels. */
  async metricSum(name: string): Promise<number> {
    const lines = (await this.text()).split("\n");
    const own = lines.filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }
}
