// The commands that ask once: what each finds out, as lines and as JSON, and the exit code that says how it went.
import type { Administration, Outcome } from "#actors/servers/administration.ts";
import type { KnownServer } from "#actors/servers/reference.ts";

import {
  announcedLine,
  clockLines,
  coordinatorLine,
  electionLines,
  HOME_SILENT,
  listLines,
  setLine,
  statusLines,
  unknownLine,
} from "./shown.ts";
import type { Command } from "./typed-command.ts";

export interface Finding {
  readonly lines: readonly string[];
  readonly json: unknown;
  /** 1 where something was refused or not answered. */
  readonly exitCode: 0 | 1;
}

const NO_HOME: Finding = { lines: [HOME_SILENT], json: { kind: "no_reference" }, exitCode: 1 };

export async function find(
  administration: Administration,
  command: Exclude<Command, { kind: "live" }>,
): Promise<Finding> {
  switch (command.kind) {
    case "set-clock": {
      const { name, change } = command;
      return outcomeFinding(await administration.setClock(name, change), (outcome) => setLine(name, outcome));
    }
    case "announce": {
      const { name } = command;
      return outcomeFinding(await administration.announce(name), (outcome) => announcedLine(name, outcome));
    }
    case "election":
      if (!command.isAll) return findCoordinator(administration);
  }
  const servers = await administration.list();
  return servers === undefined ? NO_HOME : findAmong(administration, servers, command);
}

async function findCoordinator(administration: Administration): Promise<Finding> {
  const standing = await administration.coordinator();
  return standing === undefined ? NO_HOME : { lines: [coordinatorLine(standing)], json: standing, exitCode: 0 };
}

async function findAmong(
  administration: Administration,
  servers: readonly KnownServer[],
  command: Extract<Command, { kind: "list" | "poll-clock" | "election" | "status" }>,
): Promise<Finding> {
  switch (command.kind) {
    case "list":
      return { lines: listLines(servers), json: servers, exitCode: 0 };
    case "poll-clock": {
      const clocks = await administration.clocks(servers);
      return { lines: clockLines(clocks), json: clocks, exitCode: codeOf(clocks.every(({ reading }) => reading)) };
    }
    case "election": {
      const all = await administration.elections(servers);
      return { lines: electionLines(all), json: all, exitCode: codeOf(all.every(({ standing }) => standing)) };
    }
    case "status": {
      const { name } = command;
      const [standing] = await administration.standings(servers.filter((server) => server.name === name));
      if (standing === undefined) return { lines: [unknownLine(name)], json: { kind: "unknown_server" }, exitCode: 1 };
      return { lines: statusLines(standing), json: standing, exitCode: codeOf(standing.reading !== undefined) };
    }
  }
}

function outcomeFinding(outcome: Outcome, lineOf: (outcome: Outcome) => string): Finding {
  return { lines: [lineOf(outcome)], json: outcome, exitCode: codeOf(outcome.kind === "done") };
}

function codeOf(isWell: boolean): 0 | 1 {
  return isWell ? 0 : 1;
}
