// Each question in a process of its own, and where there can be one in a network where there is no other traffic.

import { join } from "node:path";

import { measureHeartbeat } from "./match-heartbeat.ts";
import { type HostedPlace, measureHosted } from "./match-hosted.ts";
import { measureIdleCpu } from "./match-idle.ts";
import { measureMemory } from "./match-memory.ts";
import type { MatchAnswers, MatchParameters, MatchQuestion } from "./match-plan.ts";
import { playScene, type Scene } from "./match-scenes.ts";
import { seedPlayers } from "./match-seed.ts";
import { createWorkspace } from "./program.ts";
import { inOwnNetwork } from "./recorder-network.ts";
import { obeyLines, ToldProgram } from "./told-program.ts";

interface Asked {
  readonly question: MatchQuestion;
  readonly parameters: MatchParameters;
  readonly program: string;
  readonly dataFolder: string;
  readonly ownsNetwork: boolean;
  /** Progress is told on standard error. */
  readonly tells: boolean;
  readonly searchPath?: string;
}

export interface AskOptions {
  /** The experiment, whose roles its other processes are. */
  readonly program: string;
  /** False where there are no network namespaces: then network is left to the programs' own counters. */
  readonly ownsNetwork: boolean;
  /** Where tools of the peers are looked for; `PATH` unless told otherwise. */
  readonly searchPath?: string;
  readonly progress?: (line: string) => void;
}

/** One question after the other. */
export async function askQuestions(parameters: MatchParameters, options: AskOptions): Promise<MatchAnswers> {
  const { program, ownsNetwork, searchPath, progress } = options;
  const workspace = createWorkspace();
  const dataFolder = join(workspace.folder, "seed");
  try {
    const players = playersOf(parameters);
    if (players > 0) {
      progress?.(`${players} players …`);
      await seedPlayers(dataFolder, players);
    }
    const answers: MatchAnswers[] = [];
    for (const question of parameters.only) {
      const command = [process.execPath, program, "measure"];
      await using measuring = new ToldProgram<Asked, MatchAnswers>(
        question,
        ownsNetwork ? inOwnNetwork(command) : command,
      );
      const asked = {
        question,
        parameters,
        program,
        dataFolder,
        ownsNetwork,
        tells: progress !== undefined,
        ...(searchPath !== undefined && { searchPath }),
      };
      answers.push(await measuring.tell(asked));
    }
    return Object.assign({}, ...answers) as MatchAnswers;
  } finally {
    workspace.remove();
  }
}

/** The role "measure" of the experiment. */
export async function measureMatches(_words: readonly string[], lines: AsyncIterable<string>): Promise<void> {
  await obeyLines<Asked, MatchAnswers>(lines, answer);
}

async function answer(asked: Asked): Promise<MatchAnswers> {
  const { question, parameters, dataFolder } = asked;
  const progress = (line: string): void => void (asked.tells && console.error(line));
  switch (question) {
    case "scenes":
      return { scenes: await playScenes(asked, progress) };
    case "hosted":
      return { hosted: await measureHosted(parameters.hosted, placeOf(asked, progress)) };
    case "memory":
      return { memory: await measureMemory(parameters.memory, placeOf(asked, progress)) };
    case "idle":
      progress("the idle server …");
      return { idle: await measureIdleCpu(parameters.idle) };
    case "heartbeat":
      return { heartbeat: await measureHeartbeat(parameters.heartbeat, dataFolder, progress) };
  }
}

async function playScenes(asked: Asked, progress: (line: string) => void): Promise<readonly Scene[]> {
  const { names, ...parameters } = asked.parameters.scenes;
  const scenes: Scene[] = [];
  for (const name of names) {
    progress(`scene: ${name} …`);
    scenes.push(await playScene(name, parameters, asked.program, asked.ownsNetwork ? "packets" : "none"));
  }
  return scenes;
}

function placeOf(
  { program, dataFolder, ownsNetwork, searchPath }: Asked,
  progress: (line: string) => void,
): HostedPlace {
  const network = ownsNetwork ? "octets" : "none";
  return { program, dataFolder, network, progress, ...(searchPath !== undefined && { searchPath }) };
}

function playersOf({ only, hosted, memory, heartbeat }: MatchParameters): number {
  const wanted: Partial<Record<MatchQuestion, number>> = {
    hosted: hosted.matches * 2,
    memory: memory.players,
    heartbeat: heartbeat.pairs * 2,
  };
  return Math.max(0, ...only.map((question) => wanted[question] ?? 0));
}
