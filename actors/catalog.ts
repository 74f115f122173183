// What a node hosts: every actor type there is, made with what it needs from outside.
import { createPipelineSession, type PipelineService } from "./pipeline/session.ts";

export interface Services {
  readonly pipeline: PipelineService;
}

export function createCatalog(services: Services) {
  return {
    pipelineSession: createPipelineSession(services.pipeline),
  };
}
