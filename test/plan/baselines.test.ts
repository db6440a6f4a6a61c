import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { err, ok } from '../../src/base/result.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { frozenBaselines } from '../../src/plan/baselines.js';
import { planExperiments } from '../../src/plan/plan.js';
import type { ReadBaseline } from '../../src/plan/world.js';
import type { BaselineRun } from '../../src/spec/fields.js';
import { basePipeline, changed, type Tree } from '../resolve/base-pipeline.js';
import { resolveText, sourceOf } from '../resolve/support.js';
import { world } from './support.js';

const base = parse(basePipeline) as Tree;
const assertion = (experiment: string) => ({
  metric: 'quality.swd',
  baseline: { mlflow: { experiment } },
  max_ratio: 1.2,
});
const gates: Tree = {
  seeds: [0, 1],
  stages: {
    gate: { type: 'gate', across: ['seed'], assert: [assertion('nightly')] },
    each: { type: 'claim', statement: 'As good.', assert: [assertion('nightly'), assertion('weekly')] },
  },
};

const run = (value: BaselineRun['value']): BaselineRun => ({ run: 'r1', name: 'one', value });

async function planned(readBaseline: ReadBaseline) {
  const resolved = resolveText(sourceOf(changed(base, gates)));
  if (!resolved.ok) throw new Error(renderDiagnostics(resolved.error));
  return planExperiments(resolved.value.experiments, world({ readBaseline }));
}

async function stagesOf(readBaseline: ReadBaseline) {
  const plan = await planned(readBaseline);
  if (!plan.ok) throw new Error(renderDiagnostics(plan.error));
  return plan.value.plan.stages;
}

test('each baseline is read once, and its runs are part of the stages that name it', async () => {
  const asked: string[] = [];
  const stages = await stagesOf(({ mlflow: { experiment, latest } }, metric) => {
    asked.push(`${experiment} ${latest} ${metric}`);
    return Promise.resolve(ok([run(experiment === 'nightly' ? 1 : 2)]));
  });
  expect(asked).toEqual(['nightly 100 quality.swd', 'weekly 100 quality.swd']);
  const runsOf = (id: string) => {
    const stage = required(
      stages.find((one) => one.id === id),
      id,
    );
    if (stage.kind !== 'gate' && stage.kind !== 'claim') throw new Error(stage.kind);
    return stage.fields.assert.map(({ baseline }) => baseline?.runs.map(({ value }) => value));
  };
  expect(runsOf('gate')).toEqual([[1]]);
  expect(runsOf('each@seed=1')).toEqual([[1], [2]]);
});

test('other runs are another key of what is held against them, and of nothing else', async () => {
  const keys = async (value: BaselineRun['value']) =>
    new Map((await stagesOf(() => Promise.resolve(ok([run(value)])))).map(({ id, key }) => [id, key]));
  const [before, same, after] = [await keys(1), await keys(1), await keys('NaN')];
  expect(same).toEqual(before);
  expect([...after].filter(([id, key]) => before.get(id) !== key).map(([id]) => id)).toEqual([
    'gate',
    'each@seed=0',
    'each@seed=1',
  ]);
});

test('each that cannot be read is said once, at the field that is at fault', async () => {
  const plan = await planned(({ mlflow: { experiment } }) =>
    Promise.resolve(
      err({ field: ['mlflow', 'experiment'], message: `there is no ${experiment}`, help: 'name another' }),
    ),
  );
  const text = plan.ok ? '' : renderDiagnostics(plan.error);
  expect(text.match(/error: .*/g)).toEqual([
    'error: there is no nightly [baseline-unreadable]',
    'error: there is no weekly [baseline-unreadable]',
  ]);
  expect(text).toMatch(/experiment: nightly\n +\| +~~~~~~~\n/);
});

test('a frozen plan has its runs, whatever the server has by now', async () => {
  const mlflow = { experiment: 'nightly', latest: 100 };
  const { baseline, ...rest } = assertion('nightly');
  const frozen = frozenBaselines([{ ...rest, baseline: { mlflow, runs: [run(1)] } }], () =>
    Promise.resolve(ok([run(2)])),
  );
  expect(await frozen({ mlflow }, 'quality.swd')).toEqual(ok([run(1)]));
  expect(await frozen({ mlflow }, 'quality.fid')).toEqual(ok([run(2)]));
  expect(await frozen({ mlflow: { ...mlflow, latest: 5 } }, 'quality.swd')).toEqual(ok([run(2)]));
});
