import type { Estimate } from '../../src/base/estimate.js';
import type { ComparisonEvent, Finding, VerdictEvent } from '../../src/execute/judged.js';
import type { RunRecord, StageRecord } from '../../src/execute/record.js';
import type { PlannedStage } from '../../src/plan/types.js';
import { artifact, id, ringRun, stageRecord } from './support.js';

export const interval = (value: number, low: number, high: number, count = 3): Estimate => ({
  value,
  count,
  spread: { kind: 'interval', low, high },
});
export const single = (value: number): Estimate => ({ value, count: 1, spread: { kind: 'single' } });
export const unbounded = (value: number): Estimate => ({ value, count: 3, spread: { kind: 'unbounded' } });

/** Nothing that a line cannot end or an attribute cannot be left with. */
export const evilPlace = 'a"><script>x</script>\u001b[2J';

export const findings = {
  base: {
    verdict: 'pass',
    assertion: 0,
    metric: 'quality.w1',
    place: { arm: 'base' },
    of: 'value',
    bounds: { max: 2 },
    estimate: interval(1.2274, 0.9014, 1.5535),
  },
  tight: {
    verdict: 'fail',
    assertion: 1,
    metric: 'quality.w1',
    place: { arm: 'tight' },
    of: 'ratio',
    versus: 'arm=base',
    bounds: { max: 1.2 },
    estimate: interval(1.341, 1.2181, 1.4682),
  },
  one: {
    verdict: 'inconclusive',
    assertion: 1,
    metric: 'quality.w1',
    place: { arm: 'one' },
    of: 'ratio',
    versus: 'arm=base',
    bounds: { max: 1.2 },
    estimate: interval(1.3918, 1.05, 1.7402),
    reason: 'the interval from 1.050 to 1.740 has 1.200 in it',
  },
  lacking: {
    verdict: 'inconclusive',
    assertion: 1,
    metric: 'quality.w1',
    place: { arm: 'wild' },
    of: 'ratio',
    versus: 'arm=base',
    bounds: { max: 1.2 },
    reason: '1 of 3 values are lacking: train@arm=wild,seed=1 diverged',
  },
  open: {
    verdict: 'inconclusive',
    assertion: 2,
    metric: 'quality.w1',
    place: { arm: 'one' },
    of: 'ratio',
    versus: '3 past runs of "mnist"',
    bounds: { min: 0.5, max: 1.5 },
    estimate: unbounded(2.5),
    reason: 'at that level any ratio or difference is possible',
  },
  infinite: {
    verdict: 'fail',
    assertion: 3,
    metric: 'exact.kl',
    place: {},
    of: 'value',
    bounds: { max: 2 },
    estimate: interval(Infinity, Infinity, Infinity),
  },
  alone: {
    verdict: 'pass',
    assertion: 4,
    metric: 'quality.w1',
    place: { arm: 'base' },
    of: 'difference',
    versus: 'quality.w2',
    bounds: { min: -0.5 },
    estimate: single(-0.25),
  },
  nowhere: {
    verdict: 'inconclusive',
    assertion: 5,
    metric: 'quality.w1',
    place: { arm: 'gone' },
    of: 'value',
    bounds: {},
    reason: 'no cell is there that it is about',
  },
} as const satisfies Readonly<Record<string, Finding>>;

export function verdictOf(verdict: VerdictEvent['verdict'], all: readonly Finding[]): VerdictEvent {
  return { type: 'verdict', verdict, confidence: 0.95, findings: all };
}

export const comparison: ComparisonEvent = {
  type: 'comparison',
  confidence: 0.95,
  columns: [
    { metric: 'quality.w1', better: 'lower' },
    { metric: 'quality.fid', better: 'lower', unlike: 'samples' },
    { metric: 'train.wasserstein_estimate', better: 'lower' },
  ],
  versus: { arm: 'base' },
  rows: [
    {
      place: { arm: 'base' },
      cells: [
        { estimate: interval(1.2274, 0.9014, 1.5535) },
        { estimate: interval(310, 300, 320) },
        { estimate: interval(0.0027, -0.061, 0.0667) },
      ],
    },
    {
      place: { arm: 'tight' },
      cells: [
        { estimate: interval(1.6454, 1.197, 2.0936), difference: interval(0.418, 0.2404, 0.5956), p: 0.0187 },
        { estimate: interval(280.5, 270, 291) },
        { estimate: interval(1.8e-7, 1.3e-7, 2.3e-7), difference: interval(-0.0025, -0.06, 0.06), p: 0.0004 },
      ],
    },
    {
      place: { arm: 'one' },
      cells: [
        { estimate: interval(0.8, 0.7, 0.9), difference: interval(-0.4274, -0.5, -0.35), p: 0.0004 },
        {},
        { estimate: single(-0.0191) },
      ],
    },
    {
      place: { arm: 'wild' },
      cells: [
        { lacks: '1 of 3 values are lacking: train@arm=wild,seed=1 diverged' },
        { estimate: interval(Infinity, Infinity, Infinity) },
        { estimate: single(0.5), difference: single(0.25) },
      ],
    },
  ],
};

const judging = { inputs: [], after: [] } as const;

function judgingStage(name: string, kind: 'gate' | 'claim', words?: { statement: string; source?: string }) {
  const common = { id: id(name), ...judging, key: artifact(name, 0.2).key };
  const asserting = { across: [], assert: [], confidence: 0.95 };
  return kind === 'gate'
    ? ({ ...common, kind, fields: asserting } satisfies PlannedStage)
    : ({ ...common, kind, fields: { ...asserting, statement: '', ...words } } satisfies PlannedStage);
}

export const comparing: PlannedStage = {
  id: id('table'),
  kind: 'compare',
  fields: { across: ['arm', 'seed'], metrics: [], confidence: 0.95 },
  ...judging,
  key: artifact('table', 0.3).key,
};

/** The record of a stage that has told. */
export function toldBy(
  stage: PlannedStage,
  told: Partial<Pick<StageRecord, 'verdict' | 'comparison'>>,
  cached = false,
): StageRecord {
  const unused = stageRecord(ringRun({ steps: 1, snapshotEvery: 1 }), 'picture');
  const outcome = { state: 'succeeded', cached, artifact: artifact(stage.id, 0.2) } as const;
  return { ...unused, stage, outcome, metrics: [], images: [], ...told };
}

export const gate = (
  name: string,
  all: readonly Finding[],
  verdict: VerdictEvent['verdict'],
  cached = false,
) => toldBy(judgingStage(name, 'gate'), { verdict: verdictOf(verdict, all) }, cached);

export const claim = (
  name: string,
  all: readonly Finding[],
  verdict: VerdictEvent['verdict'],
  words: { readonly statement: string; readonly source?: string },
) => toldBy(judgingStage(name, 'claim', words), { verdict: verdictOf(verdict, all) });

/** The fixture's run with stages more, which a gate has refused. */
export function judgedRun(stages: readonly StageRecord[] = defaultStages()): RunRecord {
  const run = ringRun({ steps: 60, snapshotEvery: 20 });
  return {
    ...run,
    start: { ...run.start, stages: [...run.start.stages, ...stages.map(({ stage }) => stage)] },
    end: run.end && { ...run.end, outcome: 'refused' },
    stages: [...run.stages, ...stages],
  };
}

function defaultStages(): readonly StageRecord[] {
  const { base, tight, one, lacking, open, infinite, alone, nowhere } = findings;
  const gone = { ...base, place: { arm: evilPlace } };
  return [
    toldBy(comparing, { comparison }),
    gate('gate', [base, tight, one, lacking], 'fail'),
    claim('worse', [open, infinite], 'fail', {
      statement: 'Samples of <both> arms are as good.',
      source: 'arXiv 1701.07875, section 4.3',
    }),
    claim('wide', [alone, nowhere, gone], 'inconclusive', { statement: 'It helps.' }),
  ];
}
