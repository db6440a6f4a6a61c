import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { MetricIdentity } from '../../../src/base/metric-identity.js';
import { required } from '../../../src/base/invariant.js';
import { eventsFile } from '../../../src/cache/contract.js';
import type { CollectedInput, StageEvent } from '../../../src/execute/contract.js';
import { stageEventOf, toLine } from '../../../src/execute/event-lines.js';
import type { ComparisonEvent, VerdictEvent } from '../../../src/execute/judged.js';
import type { StageId } from '../../../src/plan/types.js';
import { axesName, type Axes } from '../../../src/resolve/axes.js';
import type { PlannedAssertion } from '../../../src/spec/fields.js';
import type { RunnableFields } from '../../../src/spec/runnable.js';
import { runCompare } from '../../../src/stages/compare.js';
import { runGate } from '../../../src/stages/gate.js';
import { fidIdentity } from '../../base/identity.js';
import { keyOf } from '../../cache/support.js';
import { noCheckpoints } from '../../execute/support.js';
import { temporaryFolder } from '../dataset-rig.js';

/** What a stage of a variant gave in the end, by metric; or why it gave nothing. */
export type Given = Readonly<Record<string, number>> | string;

/** An evaluation at a place, with an untrained snapshot before what it gave. */
export async function evaluated(
  cell: Axes,
  given: Given,
  options: { readonly identity?: MetricIdentity; readonly name?: string; readonly stage?: string } = {},
): Promise<CollectedInput> {
  const { identity = fidIdentity, name = 'quality' } = options;
  const { stage = `${name}@${axesName(cell)}` } = options;
  const input = { name, stage: stage as StageId, key: keyOf(stage), kind: 'evaluate', cell } as const;
  if (typeof given === 'string') return { ...input, found: { lacks: given } };
  const identities = Object.fromEntries(
    Object.keys(given).map((metric) => [required(metric.split('.')[0], 'a name'), identity]),
  );
  const untrained = Object.fromEntries(Object.keys(given).map((metric) => [metric, 1e6]));
  const directory = await artifactOf([
    { type: 'identities', identities },
    { type: 'metrics', step: 0, timestamp: 1, values: untrained },
    { type: 'metrics', step: 9, timestamp: 1, values: given },
  ]);
  return { ...input, found: { directory } };
}

/** A training whose estimate has these values, a step each. */
export async function trained(cell: Axes, estimates: readonly number[]): Promise<CollectedInput> {
  const directory = await artifactOf(
    estimates.map((value, step) => ({
      type: 'metrics',
      step: step + 1,
      timestamp: 1,
      values: { wasserstein_estimate: value },
    })),
  );
  return {
    name: 'train',
    stage: `train@${axesName(cell)}` as StageId,
    key: keyOf(`train@${axesName(cell)}`),
    kind: 'train',
    cell,
    found: { directory },
  };
}

async function artifactOf(events: readonly StageEvent[]): Promise<string> {
  const directory = await temporaryFolder();
  await writeFile(
    join(directory, eventsFile),
    events.map((event) => `${toLine(event)}\n`),
  );
  return directory;
}

/** For each of these values a seed, in one arm. */
export function arm(
  name: string,
  values: readonly (number | string)[],
  options: { readonly identity?: MetricIdentity; readonly name?: string } = {},
): Promise<readonly CollectedInput[]> {
  return Promise.all(
    values.map((value, seed) =>
      evaluated({ arm: name, seed }, typeof value === 'string' ? value : { fid: value }, options),
    ),
  );
}

/** What a gate tells of what it collects, and leaves in its artifact. */
export async function gate(
  assert: readonly PlannedAssertion[],
  inputs: readonly CollectedInput[],
  confidence = 0.95,
) {
  const fields = { across: ['arm', 'seed'], assert, confidence };
  const { events, output } = await run((context) =>
    runGate({ ...context, fields, inputs: { collected: inputs } }),
  );
  const written = JSON.parse(await readFile(join(output, 'verdict.json'), 'utf8')) as Omit<
    VerdictEvent,
    'type'
  >;
  return { event: only(events, 'verdict'), written };
}

/** What a table tells of what it collects, and the folder that it leaves. */
export async function compared(
  fields: Partial<RunnableFields['compare']> & Pick<RunnableFields['compare'], 'metrics'>,
  inputs: readonly CollectedInput[],
) {
  const whole = { across: ['arm', 'seed'], confidence: 0.95, ...fields };
  const { events, output } = await run((context) =>
    runCompare({ ...context, fields: whole, inputs: { collected: inputs } }),
  );
  return { event: only(events, 'comparison'), output };
}

async function run(
  stage: (context: Omit<Parameters<typeof runGate>[0], 'fields' | 'inputs'>) => Promise<void>,
): Promise<{ readonly events: readonly StageEvent[]; readonly output: string }> {
  const output = await temporaryFolder();
  const events: StageEvent[] = [];
  await stage({
    stage: 'judge' as StageId,
    output,
    backend: 'cpu',
    now: () => 1_000,
    // As it comes to whoever reads the artifact.
    emit: (event) => events.push(stageEventOf(toLine(event))),
    signal: new AbortController().signal,
    checkpoints: noCheckpoints,
  });
  return { events, output };
}

function only<Type extends 'verdict' | 'comparison'>(events: readonly StageEvent[], type: Type) {
  const [event] = events;
  if (events.length !== 1 || event?.type !== type) throw new Error(JSON.stringify(events));
  return event as Type extends 'verdict' ? VerdictEvent : ComparisonEvent;
}
