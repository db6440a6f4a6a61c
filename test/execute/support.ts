import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JsonObject } from '../../src/base/json.js';
import type { Checkpoints, StageEvent } from '../../src/execute/contract.js';
import { localWorkers, type WorkerPoolOptions } from '../../src/execute/worker-pool.js';
import type { StageJob } from '../../src/execute/worker-protocol.js';
import type { RunnablePlan, RunnableStage, StageId } from '../../src/plan/types.js';
import type { WorkerKind } from '../../src/spec/runnable.js';
import type { RunOptions } from '../../src/execute/scheduler.js';
import { keyOf } from '../cache/support.js';

export const id = (name: string) => name as StageId;

/** A stage that reads and waits for others, by name. The key follows from the name unless it is given. */
export function stageOf(
  name: string,
  reads: readonly string[] = [],
  after: readonly string[] = [],
  key = name,
  fields: JsonObject = {},
): RunnableStage {
  const roles = ['model', 'reference'];
  const inputs = reads.map((stage, index) => ({ role: roles[index] ?? 'more', stage: id(stage) }));
  const stage = { id: id(name), kind: 'evaluate', fields, inputs, after: after.map(id), key: keyOf(key) };
  // Tests have stages that the language has no kind for.
  return stage as unknown as RunnableStage;
}

export function planOf(...stages: readonly RunnableStage[]): RunnablePlan {
  return { pipeline: 'test', backend: 'cpu', stages };
}

/** What a run of the plan says first. */
export function startOf({ stages }: RunnablePlan): RunOptions['start'] {
  return {
    stages,
    run: '20261123T183501Z-3f9a',
    desc: undefined,
    specification: {},
    provenance: {
      wassermill: '0.1.0',
      node: process.version,
      backend: 'cpu',
      tensorflow: 'none',
      cpu: 'unknown',
      cores: 1,
      git: undefined,
      pipelineFile: 'test.yaml',
      user: 'test',
    },
  };
}

/**
 * Starts workers whose module serves the given stage, the body of an async function of `context`, beside the
 * compiled sources.
 */
export async function workersOf(
  dist: string,
  body: string,
  options: Partial<WorkerPoolOptions> = {},
  imports = '',
) {
  const module = join(dist, `worker-${Math.random().toString(36).slice(2)}.js`);
  await writeFile(
    module,
    `import { writeFileSync } from 'node:fs';
     import { serveStage } from './execute/worker-main.js';
     import { StageProblem } from './execute/contract.js';
     ${imports}
     await serveStage({ evaluate: async (context) => { ${body} } });`,
  );
  const logged: string[] = [];
  const startWorker = localWorkers({
    module,
    environment: process.env,
    log: (_stage, line) => logged.push(line),
    ...options,
  });
  return { module, logged, startWorker };
}

/** Of a stage that starts anew each time. */
export const noCheckpoints: Checkpoints = {
  resume: () => Promise.resolve(undefined),
  isDue: () => false,
  save: () => Promise.resolve(),
};

export function jobIn(output: string, fields: JsonObject = {}): StageJob<WorkerKind> {
  const checkpoint = { folder: `${output}-checkpoint`, interval: { seconds: 30 } };
  const job = { stage: id('work'), kind: 'evaluate', fields, inputs: {}, output, backend: 'cpu', checkpoint };
  return job as unknown as StageJob<WorkerKind>;
}

/** Runs one job to its end, collecting what it reports. */
export async function workOnce(
  startWorker: ReturnType<typeof localWorkers>,
  job: StageJob<WorkerKind>,
  signal: AbortSignal = new AbortController().signal,
) {
  const events: StageEvent[] = [];
  const result = await startWorker(job, { signal, onEvent: (event) => events.push(event) });
  return { events, result };
}
