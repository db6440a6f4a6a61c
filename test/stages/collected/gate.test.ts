import { describe, expect, it } from 'vitest';

import { StageProblem } from '../../../src/execute/contract.js';
import type { PlannedAssertion } from '../../../src/spec/fields.js';
import { meanOf, pairedDifference, unpairedDifference } from '../../../src/statistics/means.js';
import { pairedRatio, unpairedRatio } from '../../../src/statistics/ratios.js';
import { fidIdentity } from '../../base/identity.js';
import { arm, evaluated, gate, trained } from './rig.js';

const metric = 'quality.fid';
const base = [30, 31, 32];
const penalty = [33, 34.2, 35];

async function findingsOf(assertion: Omit<PlannedAssertion, 'metric'>, inputs: ReturnType<typeof arm>) {
  const { event } = await gate([{ metric, ...assertion }], await inputs);
  return event.findings;
}

describe('an assertion', () => {
  it('holds where all of the interval over seeds lies within the bound, and fails where nothing of it does', async () => {
    const estimate = meanOf(base, 0.95);
    const { low, high } = estimate.spread as { low: number; high: number };
    expect([low, high]).toEqual([expect.closeTo(28.516, 3), expect.closeTo(33.484, 3)]);
    const verdicts = async (bounds: Omit<PlannedAssertion, 'metric'>) =>
      (await findingsOf(bounds, arm('base', base))).map(({ verdict }) => verdict);
    expect(await verdicts({ max: high })).toEqual(['pass']);
    expect(await verdicts({ max: high - 1e-9 })).toEqual(['inconclusive']);
    expect(await verdicts({ max: low })).toEqual(['inconclusive']);
    expect(await verdicts({ max: low - 1e-9 })).toEqual(['fail']);
    expect(await verdicts({ min: low })).toEqual(['pass']);
    expect(await verdicts({ min: high })).toEqual(['inconclusive']);
    expect(await verdicts({ min: high + 1e-9 })).toEqual(['fail']);
    expect(await verdicts({ min: 31, max: 40 })).toEqual(['inconclusive']);
    expect(await verdicts({ min: low, max: high })).toEqual(['pass']);
  });

  it('is about every place but the seed’s, or those of `where`, and the gate is as good as its worst', async () => {
    const inputs = [...(await arm('base', base)), ...(await arm('penalty', penalty))];
    const { event, written } = await gate([{ metric, max: 33.6 }], inputs);
    expect(event).toMatchObject({
      verdict: 'inconclusive',
      confidence: 0.95,
      findings: [
        { verdict: 'pass', place: { arm: 'base' }, assertion: 0, metric, of: 'value', bounds: { max: 33.6 } },
        {
          verdict: 'inconclusive',
          place: { arm: 'penalty' },
          estimate: { value: expect.closeTo(34.0667, 4) as number },
        },
      ],
    });
    expect({ type: 'verdict', ...written }).toEqual(event);
    const { event: chosen } = await gate([{ metric, where: { arm: 'base' }, max: 33.6 }], inputs);
    expect([chosen.verdict, chosen.findings.length]).toEqual(['pass', 1]);
    const { event: failed } = await gate(
      [
        { metric, max: 33.6 },
        { metric, max: 1 },
      ],
      inputs,
    );
    expect(failed.verdict).toBe('fail');
  });

  it('compares with another place in pairs of seeds, and not with itself', async () => {
    const inputs = [...(await arm('base', base)), ...(await arm('penalty', penalty))];
    const assertion = { metric, versus: { arm: 'base' }, max_ratio: 1.2, min_difference: 2 };
    const { event } = await gate([assertion], inputs);
    const pairs = base.map((other, seed) => [penalty[seed] ?? 0, other] as const);
    expect(event.findings).toMatchObject([
      { place: { arm: 'penalty' }, of: 'ratio', versus: 'arm=base', estimate: pairedRatio(pairs, 0.95) },
      {
        place: { arm: 'penalty' },
        of: 'difference',
        versus: 'arm=base',
        estimate: pairedDifference(pairs, 0.95),
      },
    ]);
    expect(event.verdict).toBe('pass');
    const { event: itself } = await gate([{ ...assertion, where: { arm: 'base' } }], inputs);
    expect(itself).toMatchObject({
      verdict: 'inconclusive',
      findings: [{ reason: 'it compares cells with themselves' }],
    });
  });

  it('compares with another metric of the same cells', async () => {
    const inputs = await Promise.all(
      [0, 1].flatMap((seed) => [
        evaluated({ seed }, { fid: 60 + seed }, { name: 'gan_quality' }),
        evaluated({ seed }, { fid: 30 + seed }, { name: 'wgan_quality' }),
      ]),
    );
    const { event } = await gate(
      [{ metric: 'gan_quality.fid', versus: { metric: 'wgan_quality.fid' }, min_ratio: 1.5 }],
      inputs,
    );
    expect(event).toMatchObject({
      verdict: 'pass',
      findings: [{ versus: 'wgan_quality.fid', place: {}, estimate: { value: 60.5 / 30.5, count: 2 } }],
    });
  });

  it('finds cells by the names of values, and may be about one seed of them', async () => {
    const inputs = await Promise.all(
      [0.1, 0.2].flatMap((clip) =>
        [0, 1].map((seed) => evaluated({ clip, seed }, { fid: 100 * clip + seed })),
      ),
    );
    const { event } = await gate(
      [
        { metric, where: { clip: '0.2' }, max: 100 },
        { metric, where: { clip: 0.1, seed: '1' }, max: 100 },
        { metric, where: { clip: 0.1 }, versus: { clip: '0.2' }, max_difference: 0 },
      ],
      inputs,
    );
    expect(event.findings).toMatchObject([
      { place: { clip: 0.2 }, estimate: { value: 20.5, count: 2 } },
      { place: { clip: 0.1 }, estimate: { value: 11, count: 1 } },
      { place: { clip: 0.1 }, versus: 'clip=0.2', estimate: { value: -10, count: 2 } },
    ]);
  });

  it('takes a single seed as it is', async () => {
    const [finding] = await findingsOf({ max: 30 }, arm('base', [30]));
    expect(finding).toMatchObject({
      verdict: 'pass',
      estimate: { value: 30, count: 1, spread: { kind: 'single' } },
    });
    expect(await findingsOf({ max: 29.99 }, arm('base', [30]))).toMatchObject([{ verdict: 'fail' }]);
    expect(await findingsOf({ min: 30 }, arm('base', [30]))).toMatchObject([{ verdict: 'pass' }]);
  });

  it('counts a stage once that is the same for all seeds', async () => {
    const shared = await Promise.all(
      [0, 1, 2].map((seed) => evaluated({ arm: 'base', seed }, { fid: 30 }, { stage: 'quality@arm=base' })),
    );
    const { event } = await gate([{ metric, max: 31 }], shared);
    expect(event.findings[0]?.estimate).toMatchObject({ count: 1, spread: { kind: 'single' } });
    // Beside one that differs from seed to seed there are as many pairs as that has values.
    const { event: beside } = await gate(
      [{ metric, where: { arm: 'penalty' }, versus: { arm: 'base' }, max_ratio: 2 }],
      [...shared, ...(await arm('penalty', penalty))],
    );
    expect(beside.findings[0]?.estimate?.count).toBe(3);
  });

  it('cannot decide where a seed is lacking, on either side, whatever the others say', async () => {
    const diverged = 'train@arm=base,seed=2 diverged';
    const inputs = [...(await arm('base', [30, 31, diverged])), ...(await arm('penalty', penalty))];
    const { event } = await gate(
      [
        { metric, where: { arm: 'base' }, max: 1000 },
        { metric, where: { arm: 'penalty' }, versus: { arm: 'base' }, max_ratio: 1000 },
        { metric, where: { arm: 'penalty' }, max: 1000 },
      ],
      inputs,
    );
    const reason = `1 of 3 values are lacking: ${diverged}`;
    expect(event.findings).toMatchObject([
      { verdict: 'inconclusive', reason },
      { verdict: 'inconclusive', reason },
      { verdict: 'pass' },
    ]);
    expect(event.findings[0]?.estimate).toBeUndefined();
  });

  it('cannot decide where its own side of a pair is lacking, or has no partner', async () => {
    const versus = { metric, where: { arm: 'penalty' }, versus: { arm: 'base' }, max_ratio: 1000 };
    const reasonOf = async (inputs: Awaited<ReturnType<typeof arm>>) =>
      (await gate([versus], inputs)).event.findings.map(({ verdict, reason }) => [verdict, reason]);
    const gone = 'train@arm=penalty,seed=0 diverged';
    expect(await reasonOf([...(await arm('base', base)), ...(await arm('penalty', [gone, 33, 34]))])).toEqual(
      [['inconclusive', `1 of 3 values are lacking: ${gone}`]],
    );
    expect(await reasonOf([...(await arm('base', [30, 31])), ...(await arm('penalty', penalty))])).toEqual([
      ['inconclusive', 'nothing is there to compare with'],
    ]);
    // A seed of the other side that this one does not have is lacking to nobody.
    const more = await arm('base', [30, 31, 'train@arm=base,seed=2 diverged']);
    expect(await reasonOf([...more, ...(await arm('penalty', [33, 34]))])).toEqual([['pass', undefined]]);
  });

  it('counts pairs once that are the same for all seeds, and by their partners else', async () => {
    const shared = (name: string, fid: number) =>
      Promise.all(
        [0, 1, 2].map((seed) => evaluated({ arm: name, seed }, { fid }, { stage: `quality@arm=${name}` })),
      );
    const versus = { metric, where: { arm: 'penalty' }, versus: { arm: 'base' }, max_ratio: 2 };
    const countOf = async (inputs: Awaited<ReturnType<typeof arm>>) =>
      (await gate([versus], inputs)).event.findings[0]?.estimate?.count;
    expect(await countOf([...(await shared('base', 30)), ...(await shared('penalty', 33))])).toBe(1);
    expect(await countOf([...(await arm('base', base)), ...(await shared('penalty', 33))])).toBe(3);
  });

  it('says nothing by ratios of negative values, of infinite ones on both sides, or of 0 and 0', async () => {
    const reasonOf = async (
      own: readonly number[],
      other: readonly number[],
      bounds: object = { max_ratio: 2 },
    ) => {
      const inputs = [...(await arm('base', other)), ...(await arm('penalty', own))];
      const { event } = await gate(
        [{ metric, where: { arm: 'penalty' }, versus: { arm: 'base' }, ...bounds }],
        inputs,
      );
      return event.findings[0]?.reason;
    };
    expect(await reasonOf([-199, 3], [99, 98])).toBe('a ratio says nothing of negative values');
    expect(await reasonOf([199, 3], [99, -98])).toBe('a ratio says nothing of negative values');
    expect(await reasonOf([0, 0], [0, 0])).toBe('both are 0');
    expect(await reasonOf([Infinity, 1], [1, Infinity])).toBe('values of both are infinite');
    expect(await reasonOf([Infinity, 1], [1, Infinity], { max_difference: 2 })).toBe(
      'values of both are infinite',
    );
    expect(await reasonOf([-199, -198], [-99, -98], { max_difference: 0 })).toBeUndefined();
  });

  it('cannot decide about what is not there', async () => {
    const inputs = await arm('base', base);
    const reasons = async (assertion: PlannedAssertion) =>
      (await gate([assertion], inputs)).event.findings.map(({ verdict, reason }) => [verdict, reason]);
    expect(await reasons({ metric, where: { arm: 'gone' }, max: 1 })).toEqual([
      ['inconclusive', 'no cell is there that it is about'],
    ]);
    expect(await reasons({ metric: 'quality.kid', max: 1 })).toEqual([
      ['inconclusive', '3 of 3 values are lacking: its stage has logged nothing of that name'],
    ]);
    expect(await reasons({ metric, versus: { arm: 'gone' }, max_ratio: 1 })).toEqual([
      ['inconclusive', 'nothing is there to compare with'],
    ]);
  });

  it('fails an upper bound where a value is infinite, and cannot decide where one is no number', async () => {
    const [finding] = await findingsOf({ max: 100 }, arm('base', [30, Infinity]));
    expect(finding).toMatchObject({ verdict: 'fail', estimate: { value: Infinity } });
    expect(finding?.estimate?.spread).toEqual({ kind: 'interval', low: Infinity, high: Infinity });
    expect(await findingsOf({ max: 100 }, arm('base', [30, NaN]))).toMatchObject([
      { verdict: 'inconclusive', reason: '1 of 2 values are lacking: it is not a number' },
    ]);
  });

  it('refuses to compare what is of unlike things, at its place', async () => {
    const other = { ...fidIdentity, samples: 500 };
    const inputs = [...(await arm('base', base)), ...(await arm('penalty', penalty, { identity: other }))];
    const fine = { metric, max: 1 };
    await expect(
      gate([fine, { metric, versus: { arm: 'base' }, max_ratio: 1.2 }], inputs),
    ).rejects.toMatchObject({
      constructor: StageProblem,
      message: 'quality.fid and arm=base cannot be compared: they are of other numbers of samples',
      field: ['assert', 1],
    });
    // Of other types, too, where one name is meant for both; another name may be another metric.
    const swd = { ...fidIdentity, metric: 'sliced_wasserstein' };
    const typed = [...(await arm('base', base)), ...(await arm('penalty', penalty, { identity: swd }))];
    await expect(gate([{ metric, versus: { arm: 'base' }, max_ratio: 1.2 }], typed)).rejects.toMatchObject({
      message: 'quality.fid and arm=base cannot be compared: they are of other metrics',
    });
    const named = [
      ...(await arm('base', base)),
      ...(await arm('base', penalty, { identity: swd, name: 'other' })),
    ];
    const apart = await gate([{ metric, versus: { metric: 'other.fid' }, max_ratio: 1.2 }], named);
    expect(apart.event.verdict).toBe('pass');
    // Each by itself may be bounded.
    expect((await gate([fine], inputs)).event.verdict).toBe('fail');
  });

  it('takes of a training the median of the last 25, and of an evaluation its last snapshot', async () => {
    const estimates = Array.from({ length: 40 }, (_, step) => (step % 2 === 0 ? 0.1 : 1000));
    const { event } = await gate(
      [{ metric: 'train.wasserstein_estimate', max: 1 }],
      [await trained({}, estimates)],
    );
    expect(event.findings[0]?.estimate?.value).toBe(1000);
    const calm = [...estimates.slice(0, 15), ...Array.from({ length: 25 }, (_, step) => step)];
    const { event: last } = await gate(
      [{ metric: 'train.wasserstein_estimate', max: 12 }],
      [await trained({}, calm)],
    );
    expect(last).toMatchObject({ verdict: 'pass', findings: [{ estimate: { value: 12 } }] });
  });
});

describe('a baseline', () => {
  const mlflow = { experiment: 'mnist', latest: 100 };
  const run = (value: number | 'NaN' | 'Infinity', index: number, identity = true) => ({
    run: `r${index}`,
    name: `nightly ${index}`,
    value,
    ...(identity && { identity: { ...fidIdentity } as never }),
  });
  const past = [31, 30, 32.5, 31.5].map((value, index) => run(value, index));
  const versusPast = (runs: readonly ReturnType<typeof run>[], bounds: object = { max_ratio: 1.1 }) => ({
    metric,
    baseline: { mlflow, runs },
    ...bounds,
  });

  it('is compared with as independent runs', async () => {
    const { event } = await gate(
      [versusPast(past, { max_ratio: 1.2, max_difference: 9 })],
      await arm('penalty', penalty),
    );
    const values = past.map(({ value }) => Number(value));
    expect(event.findings).toMatchObject([
      { of: 'ratio', versus: '4 past runs of "mnist"', estimate: unpairedRatio(penalty, values, 0.95) },
      { of: 'difference', estimate: unpairedDifference(penalty, values, 0.95) },
    ]);
    expect(event.verdict).toBe('pass');
  });

  it('takes a single run for one more draw of the past ones', async () => {
    const { event } = await gate([versusPast(past)], await arm('base', [40]));
    expect(event.findings[0]).toMatchObject({
      verdict: 'fail',
      estimate: { count: 1, spread: { kind: 'interval' } },
    });
  });

  it('leaves out what is the run’s own result, told from the cache', async () => {
    const own = await arm('base', [40, 41]);
    const again = own.map(({ key }, index) => ({ ...run(40, 20 + index), key }));
    const { event } = await gate([versusPast([...past, ...again])], own);
    expect(event.findings).toMatchObject([{ verdict: 'fail', versus: '4 past runs of "mnist"' }]);
    const alone = await gate([versusPast(again)], own);
    expect(alone.event.findings).toMatchObject([{ reason: 'there is no past run to compare with' }]);
  });

  it('of another metric is refused, unless that is named', async () => {
    const other = { ...run(31, 7), identity: { ...fidIdentity, metric: 'sliced_wasserstein' } as never };
    await expect(gate([versusPast([other])], await arm('base', base))).rejects.toMatchObject({
      message:
        'quality.fid and 1 past run of "mnist" cannot be compared: they are of other metrics, in the past run "nightly 7"',
    });
    const baseline = { mlflow: { ...mlflow, metric: 'quality/swd' }, runs: [other] };
    const named = await gate([{ metric, baseline, max_ratio: 2 }], await arm('base', base));
    expect(named.event.verdict).toBe('pass');
  });

  it('cannot decide without past runs, or with one that is no number', async () => {
    const reasonOf = async (runs: Parameters<typeof versusPast>[0]) =>
      (await gate([versusPast(runs)], await arm('base', base))).event.findings.map(({ verdict, reason }) => [
        verdict,
        reason,
      ]);
    expect(await reasonOf([])).toEqual([['inconclusive', 'there is no past run to compare with']]);
    expect(await reasonOf([...past, run('NaN', 9)])).toEqual([
      ['inconclusive', 'it is not a number in the past run "nightly 9"'],
    ]);
  });

  it('of unlike values is refused; one that says nothing of its values counts', async () => {
    const unlike = { ...run(31, 7), identity: { ...fidIdentity, samples: 1 } as never };
    await expect(gate([versusPast([...past, unlike])], await arm('base', base))).rejects.toMatchObject({
      message:
        'quality.fid and 5 past runs of "mnist" cannot be compared: they are of other numbers of samples, in the past run "nightly 7"',
    });
    const { event } = await gate(
      [versusPast([run(31, 1, false), run(30, 2, false)], { max_ratio: 2 })],
      await arm('base', base),
    );
    expect(event.verdict).toBe('pass');
  });
});
