// One actor type on this node: its resident actors and its figures.

import type { CellHost, NodeServices } from "./cell-host.ts";
import { Cell } from "./cell.ts";
import type { AnyActorType } from "./definition.ts";
import type { ConnectionPort } from "./ports.ts";
import { TurnStats } from "./turn-stats.ts";

export class TypeHost implements CellHost {
  readonly type: AnyActorType;
  readonly services: NodeServices;
  readonly stats = new TurnStats();
  readonly #cells = new Map<string, Cell>();

  constructor(type: AnyActorType, services: NodeServices) {
    this.type = type;
    this.services = services;
  }

  /** Resident actors by key, in the order they were started. */
  get cells(): ReadonlyMap<string, Cell> {
    return this.#cells;
  }

  start(key: string, connection?: ConnectionPort): Cell {
    const cell = new Cell(this, key, connection);
    this.#cells.set(key, cell);
    return cell;
  }

  remove(key: string): void {
    this.#cells.delete(key);
  }
}
