// What a node hosts: every actor type there is, made with what it needs from outside.
import { Counter } from "./counter/counter.ts";
import { createPipelineSession, type PipelineService } from "./pipeline/session.ts";

export interface Services {
  readonly pipeline: PipelineService;
}

export function createCatalog(services: Services) {
  return {
    counter: Counter,
    pipelineSession: createPipelineSession(services.pipeline),
  };
}
