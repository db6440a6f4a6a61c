import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import { ok } from '../../src/base/result.js';
import { realDelay } from '../../src/execute/attempts.js';
import { divergedFile, type CollectedInput } from '../../src/execute/contract.js';
import type { RunEvent } from '../../src/execute/events.js';
import type { Verdict, VerdictEvent } from '../../src/execute/judged.js';
import { recordOf } from '../../src/execute/record.js';
import { runPlan } from '../../src/execute/scheduler.js';
import type { StartWorker } from '../../src/execute/worker-pool.js';
import { hindrancesIn } from '../../src/plan/hindrances.js';
import type { RunnablePlan, RunnableStage, StageId } from '../../src/plan/types.js';
import { keyOf } from '../cache/support.js';
import { bench } from './bench.js';
import { planOf, stageOf, startOf } from './support.js';

/** A stage of a kind that the language has, which reads and waits for others. */
function stage(
  kind: RunnableStage['kind'],
  name: string,
  reads: readonly string[] = [],
  after: readonly string[] = [],
): RunnableStage {
  return { ...stageOf(name, reads, after), kind } as unknown as RunnableStage;
}

const telling = (verdict: Verdict): VerdictEvent => ({
  type: 'verdict',
  verdict,
  confidence: 0.95,
  findings: [],
});

interface Ending {
  readonly diverges?: boolean;
  readonly verdict?: Verdict;
}

/** Runs a plan of which some stages end as is said here, and each leaves what it was given. */
async function runWith(plan: RunnablePlan, endings: Readonly<Record<string, Ending>>, rig = bench()) {
  const { cache } = await rig;
  const events: RunEvent[] = [];
  const given = new Map<string, unknown>();
  const startWorker: StartWorker = async (job, { onEvent }) => {
    given.set(job.stage, job.inputs);
    const { diverges = false, verdict } = endings[job.stage] ?? {};
    if (diverges) {
      const divergence = { kind: 'collapsed', step: 3, message: 'all answers are alike' };
      await writeFile(join(job.output, divergedFile), JSON.stringify(divergence));
    }
    if (verdict) onEvent(telling(verdict));
    return ok(undefined);
  };
  const outcome = await runPlan(plan, {
    start: startOf(plan),
    cache,
    startWorker,
    emit: (event) => events.push(event),
    now: Date.now,
    delay: realDelay,
    signal: new AbortController().signal,
    jobs: 2,
    force: false,
    checkpoints: { seconds: 30 },
  });
  const ends = Object.fromEntries(
    recordOf(events).stages.map(({ stage: { id }, outcome: end }) => [
      id,
      end.state === 'not_run' ? end.because : end.state,
    ]),
  );
  return { outcome, ends, given };
}

describe('a gate', () => {
  const plan = planOf(
    stage('train', 'train'),
    stage('gate', 'gate', ['train']),
    stage('command', 'publish', [], ['gate']),
    stage('command', 'after', ['publish']),
    stage('command', 'tell', ['gate']),
  );

  it('that passed lets what waits for it run', async () => {
    const { outcome, ends } = await runWith(plan, { gate: { verdict: 'pass' } });
    expect(outcome).toBe('succeeded');
    expect(new Set(Object.values(ends))).toEqual(new Set(['succeeded']));
  });

  it.each([
    ['fail', 'refused'],
    ['inconclusive', 'inconclusive'],
  ] as const)(
    'whose verdict is %s does not, and the run is %s; what reads it runs',
    async (verdict, expected) => {
      const rig = bench();
      const { outcome, ends } = await runWith(plan, { gate: { verdict } }, rig);
      expect(outcome).toBe(expected);
      expect(ends).toEqual({
        train: 'succeeded',
        gate: 'succeeded',
        publish: { refused: 'gate' },
        after: { refused: 'gate' },
        tell: 'succeeded',
      });
      // From the cache the verdict is the same, and so is what follows from it.
      const again = await runWith(plan, {}, rig);
      expect([again.outcome, again.ends, again.given.size]).toEqual([outcome, ends, 0]);
    },
  );

  it('that failed counts more than one that could not decide, and a failure more than both', async () => {
    const two = planOf(stage('gate', 'one'), stage('gate', 'other'), stage('claim', 'claim'));
    const endings = { one: { verdict: 'inconclusive' }, other: { verdict: 'fail' } } as const;
    expect((await runWith(two, endings)).outcome).toBe('refused');
    // What a claim comes to is a result.
    const claim = planOf(stage('claim', 'claim'));
    expect((await runWith(claim, { claim: { verdict: 'fail' } })).outcome).toBe('succeeded');
    // One that told nothing let nothing pass.
    expect((await runWith(plan, {})).ends).toMatchObject({ publish: { refused: 'gate' } });
  });
});

describe('a stage that collects', () => {
  it('runs although some of what it reads diverged, and is told of it', async () => {
    const cells = ['train@seed=0', 'train@seed=1'];
    const evaluations = cells.map((cell, seed) => stage('evaluate', `quality@seed=${seed}`, [cell]));
    const table = stage('compare', 'table', ['quality@seed=0', 'quality@seed=1']);
    const collecting = {
      ...table,
      inputs: table.inputs.map((input, seed) => ({ ...input, role: 'collected', cell: { seed } })),
    } as RunnableStage;
    const plan = planOf(...cells.map((cell) => stage('train', cell)), ...evaluations, collecting);
    const { outcome, ends, given } = await runWith(plan, { 'train@seed=1': { diverges: true } });
    expect(outcome).toBe('succeeded');
    expect(ends).toMatchObject({ 'quality@seed=1': { diverged: 'train@seed=1' }, table: 'succeeded' });
    const { collected } = given.get('table') as { collected: readonly CollectedInput[] };
    expect(collected).toEqual([
      {
        name: 'quality',
        stage: 'quality@seed=0',
        key: keyOf('quality@seed=0'),
        kind: 'evaluate',
        cell: { seed: 0 },
        found: { directory: expect.any(String) as string },
      },
      {
        name: 'quality',
        stage: 'quality@seed=1',
        key: keyOf('quality@seed=1'),
        kind: 'evaluate',
        cell: { seed: 1 },
        found: { lacks: 'train@seed=1 diverged' },
      },
    ]);
  });
});

test('in any plan, what results keep from running is what the planner says', async () => {
  const kinds = ['train', 'train', 'gate', 'compare', 'command', 'evaluate'] as const;
  const shape = fc.record({
    kind: fc.constantFrom(...kinds),
    reads: fc.array(fc.nat(), { maxLength: 2 }),
    after: fc.array(fc.nat(), { maxLength: 2 }),
    diverges: fc.boolean(),
    verdict: fc.constantFrom('pass', 'fail', 'inconclusive'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { minLength: 2, maxLength: 9 }), async (shapes) => {
      const before = (numbers: readonly number[], index: number) =>
        index === 0 ? [] : [...new Set(numbers.map((number) => `s${number % index}`))];
      const plan = planOf(
        ...shapes.map(({ kind, reads, after }, i) =>
          stage(kind, `s${i}`, before(reads, i), before(after, i)),
        ),
      );
      const endings = Object.fromEntries(
        shapes.map(({ kind, diverges, verdict }, i) => [
          `s${i}`,
          {
            ...(kind === 'train' && { diverges }),
            ...(kind === 'gate' && { verdict }),
          },
        ]),
      );
      const { ends } = await runWith(plan, endings);
      const of = (isOne: (ending: Ending) => boolean) =>
        new Set(Object.entries(endings).flatMap(([id, ending]) => (isOne(ending) ? [id as StageId] : [])));
      const hindrances = hindrancesIn(plan, {
        diverged: of(({ diverges }) => diverges === true),
        refused: of(({ verdict }) => verdict !== undefined && verdict !== 'pass'),
      });
      const notRun = Object.entries(ends).filter(([, end]) => typeof end !== 'string');
      expect(Object.fromEntries(notRun)).toEqual(Object.fromEntries(hindrances));
    }),
    { numRuns: 25 },
  );
});
