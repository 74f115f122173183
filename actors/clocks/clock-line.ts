// What the clocks of a group tell each other: readings, and lines that they are to follow.

/** Time as a straight line over somebody's hardware clock. */
export interface ClockLine {
  readonly hardwareMs: number;
  /** The time at that reading of the hardware clock. */
  readonly timeMs: number;
  /** Milliseconds of time for each one of the hardware clock. */
  readonly rate: number;
}

/** A line for one member over its own hardware clock, from the coordinator. */
export interface ClockCorrection {
  readonly line: ClockLine;
  /** At `line.hardwareMs` the line is no further than this from the time of the group. */
  readonly boundMs: number;
}

/** What one member's clocks show, both at one moment. */
export interface ClockReading {
  /** Of the virtual clock. */
  readonly timeMs: number;
  readonly hardwareMs: number;
  /** The virtual clock is no further than this from the time of the group; undefined where that is not known. */
  readonly boundMs: number | undefined;
  /** It follows the time of a group, or has followed one. Absent where that is not known. */
  readonly hasJoined?: boolean | undefined;
}

export function timeOn(line: ClockLine, hardwareMs: number): number {
  return line.timeMs + (hardwareMs - line.hardwareMs) * line.rate;
}
