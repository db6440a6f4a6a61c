import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';

import { finiteOrWord } from '../../../src/base/finite-or-word.js';
import { required } from '../../../src/base/invariant.js';
import { essentialsOf } from '../../../src/cli/run-essentials.js';
import { statusJson } from '../../../src/cli/status/status-json.js';
import { statusLines } from '../../../src/cli/status/status-lines.js';
import { makeLook, type Look } from '../../../src/cli/terminal/look.js';
import { permanentLines } from '../../../src/cli/terminal/permanent-lines.js';
import { advance, nothingYet } from '../../../src/cli/terminal/progress-model.js';
import { accountLines } from '../../../src/cli/terminal/run-account.js';
import { summaryLines } from '../../../src/cli/terminal/summary.js';
import type { RunRecord, StageRecord } from '../../../src/execute/record.js';
import type { PlannedStage } from '../../../src/plan/types.js';
import {
  claim,
  comparing,
  comparison,
  findings,
  gate,
  judgedRun,
  toldBy,
  verdictOf,
} from '../../report/judged-support.js';
import { artifact, id, stageRecord, startTime } from '../../report/support.js';

const plain = makeLook({ unicode: true, colour: false });
const coloured = makeLook({ unicode: true, colour: true });

const summaryOf = (record: RunRecord, look: Look = plain): readonly string[] =>
  summaryLines({ record, lines: ['Report  runs/report.html'], warnings: [] }, 80, look);

it('a comparison has means and differences beside each other, and says what they are', () => {
  const lines = summaryOf(judgedRun([toldBy(comparing, { comparison })]));
  const last = '  pairs of seeds, adjusted (Holm); better, worse: p < 0.05';
  expect(lines.slice(3, lines.indexOf(last) + 1)).toEqual([
    '  table          quality.w1   minus arm=base        p            quality.fid',
    '  arm=base    1.227 ± 0.33                                          310 ± 10',
    '  arm=tight   1.645 ± 0.45   +0.4180 ± 0.18     0.019  worse      280.5 ± 11',
    '  arm=one    0.8000 ± 0.10*  -0.4274 ± 0.075  < 0.001  better',
    '  arm=wild        –                                            Infinity',
    '  quality.w1, arm=wild: 1 of 3 values are lacking: train@arm=wild,seed=1',
    '  diverged',
    '  quality.fid is not comparable: of other numbers of samples',
    '',
    '  table      train.wasserstein_estimate     minus arm=base        p',
    '  arm=base            0.002700 ± 0.064',
    '  arm=tight           1.800e-7 ± 5.0e-8  -0.002500 ± 0.060  < 0.001',
    '  arm=one             -0.01910',
    '  arm=wild              0.5000             +0.2500',
    '  train.wasserstein_estimate is not ranked: each is of a critic of its own',
    '  * the best; ± half of the 95% interval, n = 1 to 3; p of no difference in',
    last,
  ]);
});

it('a long name in a heading is cut: it stands whole beside its row', () => {
  const versus = { arm: 'gradient_penalty_of_twice_the_strength' };
  const lines = summaryOf(judgedRun([toldBy(comparing, { comparison: { ...comparison, versus } })]));
  expect(lines[3]).toBe('  table          quality.w1  minus arm=gradient_pena…        p');
});

describe('the closing summary', () => {
  const lines = summaryOf(judgedRun());

  it('has claims with their statements, then gates, and then where all is', () => {
    expect(
      lines.slice(lines.indexOf('  ✗ claim worse  refuted: 0 of 2 hold, 1 undecided  (95% intervals)')),
    ).toEqual([
      '  ✗ claim worse  refuted: 0 of 2 hold, 1 undecided  (95% intervals)',
      '    Samples of <both> arms are as good. (arXiv 1701.07875, section 4.3)',
      '    ? quality.w1, arm=one: 2.500 times 3 past runs of "mnist" (unbounded,',
      '      n = 3), between 0.5 and 1.5; at that level any ratio or difference is',
      '      possible',
      '    ✗ exact.kl: Infinity (n = 3), at most 2',
      '',
      '  ? claim wide  inconclusive: 2 of 3 hold  (95% intervals)',
      '    It helps.',
      '    ✓ quality.w1, arm=base: differs from quality.w2 by -0.2500 (one run, no',
      '      interval), at least -0.5',
      '    ? quality.w1, arm=gone: no cell is there that it is about',
      '    ✓ quality.w1, arm=a"><script>x</script>: 1.227 (0.9014 to 1.554, n = 3), at',
      '      most 2',
      '',
      '  ✗ gate  failed: 1 of 4 hold, 2 undecided  (95% intervals)',
      '    ✓ quality.w1, arm=base: 1.227 (0.9014 to 1.554, n = 3), at most 2',
      '    ✗ quality.w1, arm=tight: 1.341 times arm=base (1.218 to 1.468, n = 3), at',
      '      most 1.2',
      '    ? quality.w1, arm=one: 1.392 times arm=base (1.050 to 1.740, n = 3), at most',
      '      1.2',
      '    ? quality.w1, arm=wild: 1 of 3 values are lacking: train@arm=wild,seed=1',
      '      diverged; at most 1.2 times arm=base',
      '',
      'Report  runs/report.html',
    ]);
  });

  it('fits into 80 columns, in ASCII too, and moves no cursor', () => {
    const ascii = makeLook({ unicode: false, colour: false });
    for (const all of [lines, summaryOf(judgedRun(), ascii).map(ascii.spell)]) {
      expect(Math.max(...all.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
      expect(all.join('')).not.toContain('\u001b');
    }
    expect(summaryOf(judgedRun(), ascii).join('\n')).toContain('arm=tight   1.645 +- 0.45 ');
  });

  it('is red for a failed gate, and yellow at most for a refuted claim', () => {
    const { colour } = coloured;
    const text = summaryOf(judgedRun(), coloured).join('\n');
    expect(text).toContain(`  ${colour.red('✗')} gate  ${colour.red('failed: 1 of 4 hold, 2 undecided')}`);
    expect(text).toContain(
      `${colour.yellow('✗')} claim worse  ${colour.yellow('refuted: 0 of 2 hold')}`.slice(0, -5),
    );
    expect(text).toContain(colour.bold('  0.8000 ± 0.10*'));
  });

  it('has no cells one by one of what a comparison sums up', () => {
    const run = judgedRun();
    const quality = stageRecord(run, 'quality');
    const cells = [7, 8].map((seed): StageRecord => ({
      ...quality,
      stage: { ...quality.stage, id: id(`quality@seed=${seed}`), axes: { seed } },
    }));
    const inputs = cells.map(({ stage }) => ({ role: 'collected', stage: stage.id }));
    const withCells = (told: Parameters<typeof toldBy>[1]) =>
      summaryOf(judgedRun([...cells, toldBy({ ...comparing, inputs } as PlannedStage, told)])).join('\n');
    const columns = ['quality.swd', 'quality.modes', 'train.wasserstein_estimate'].map((metric) => ({
      metric,
      better: 'lower' as const,
    }));
    const summedUp = withCells({ comparison: { ...comparison, columns } });
    expect(summedUp).toContain('\n  the cells of quality one by one are in the report\n');
    expect(summedUp).not.toContain('seed=7');
    // Another metric of the stage is in no table.
    const one = withCells({ comparison: { ...comparison, columns: columns.slice(0, 1) } });
    expect(one).toMatch(/^ {2}seed=7 +8 +0\.2086$/m);
    expect(withCells({})).toContain('seed=7');
  });

  it('of many findings, and of many gates, tells those that do not hold', () => {
    const { base, tight } = findings;
    const many = Array.from({ length: 20 }, (_, index) => (index % 4 === 0 ? tight : base));
    const text = summaryOf(judgedRun([gate('gate', many, 'fail')])).join('\n');
    expect(text).toContain('  ✗ gate  failed: 15 of 20 hold  (95% intervals)\n    ✗ quality.w1, arm=tight');
    expect(text).toContain('\n    … and 15 that hold\n');
    expect(text).not.toContain('arm=base:');

    const gates = Array.from({ length: 30 }, (_, seed) =>
      seed < 15 ? gate(`gate@seed=${seed}`, [tight], 'fail') : gate(`gate@seed=${seed}`, [base], 'pass'),
    );
    const all = summaryOf(judgedRun(gates)).join('\n');
    expect(all.match(/✗ gate@/g)).toHaveLength(12);
    expect(all).toContain('\n  … and 3 more, 15 that hold\n');
  });
});

describe('the line of a stage that has judged', () => {
  const judged = [
    gate('gate', [findings.base, findings.tight, findings.one], 'fail'),
    claim('refuted', [findings.tight], 'fail', { statement: 'No.' }),
    gate('open', [findings.one], 'inconclusive', true),
  ];

  function ends(look: Look): readonly string[] {
    const run = judgedRun(judged);
    let progress = advance(nothingYet, run.start, startTime);
    return judged.flatMap(({ stage, outcome, verdict }) => {
      const cached = outcome.state === 'succeeded' && outcome.cached;
      if (!cached)
        progress = advance(progress, { type: 'stage_started', time: startTime, stage: stage.id }, startTime);
      const told = {
        type: 'stage_reported',
        stage: stage.id,
        event: required(verdict, 'a verdict'),
      } as const;
      progress = advance(progress, told, startTime);
      const stored = artifact(stage.id, 0.2);
      const end = {
        type: 'stage_succeeded',
        time: startTime,
        stage: stage.id,
        cached,
        artifact: stored,
      } as const;
      progress = advance(progress, end, startTime);
      return permanentLines(progress, end, 80, look, () => undefined);
    });
  }

  it('says what it came to, from the cache as well', () => {
    expect(ends(plain)).toEqual([
      '✗ gate          0.2 s        failed: 1 of 3 hold, 1 undecided',
      '✗ refuted       0.2 s        refuted',
      '? open          cached       inconclusive',
    ]);
  });

  it('has the colour that it deserves', () => {
    const { colour } = coloured;
    const [failed, refuted, open] = ends(coloured);
    expect(failed).toContain(colour.red('failed: 1 of 3 hold, 1 undecided'));
    expect(refuted).toContain(colour.yellow('refuted'));
    expect(open).toContain(colour.yellow('?'));
  });

  it('says nothing of a verdict of an attempt before', () => {
    const run = judgedRun(judged.slice(0, 1));
    const gateStage = id('gate');
    const events = [
      run.start,
      { type: 'stage_reported', stage: gateStage, event: verdictOf('fail', [findings.tight]) },
      { type: 'stage_started', time: startTime, stage: gateStage },
    ] as const;
    const progress = events.reduce((before, event) => advance(before, event, startTime), nothingYet);
    expect(progress.stages.get(gateStage)?.verdict).toBeUndefined();
  });
});

describe('a past run', () => {
  it('is shown with its comparisons and verdicts', () => {
    const lines = accountLines({ record: judgedRun(), places: [], now: startTime }, 80, plain);
    const text = lines.join('\n');
    expect(text).toContain('\n✗ gate          0.2 s        failed: 1 of 4 hold, 2 undecided\n');
    expect(text.indexOf('  arm=tight   1.645 ± 0.45')).toBeLessThan(
      text.indexOf('\n  ✗ gate  failed: 1 of 4'),
    );
    expect(text.indexOf('\n  ✗ gate  failed: 1 of 4')).toBeLessThan(text.indexOf('\nWassermill'));
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
  });

  it('with many gates has their verdicts in one line', () => {
    const gates = Array.from({ length: 20 }, (_, seed) => {
      const [verdict, finding] =
        seed < 2 ? (['fail', findings.tight] as const) : (['pass', findings.base] as const);
      const told = gate(`gate@seed=${seed}`, [finding], verdict);
      return { ...told, stage: { ...told.stage, axes: { seed } } };
    });
    const text = accountLines({ record: judgedRun(gates), places: [], now: startTime }, 80, plain).join('\n');
    expect(text).toContain('\n✗ gate@seed     20 cells: 20 done; 18 passed, 2 failed\n');
  });

  it('has them in its status', () => {
    const record = judgedRun();
    const past = [{ state: 'ended', run: 'RUN', record }] as const;
    const lines = statusLines({ underWay: [], past }, { now: startTime, width: 80, look: plain });
    expect(lines.slice(-4)).toEqual([
      '  A gate failed after 41 s: 8 stages',
      '  ✗ gate   0.2 s        failed: 1 of 4 hold, 2 undecided',
      '  ✗ worse  0.2 s        refuted: 0 of 2 hold, 1 undecided',
      '  ? wide   0.2 s        inconclusive: 2 of 3 hold',
    ]);
    const underWay = [
      { state: 'under_way', run: 'RUN', owner: undefined, record: { ...record, end: undefined } },
    ] as const;
    expect(
      statusLines({ underWay, past: [] }, { now: startTime, width: 80, look: plain }).join('\n'),
    ).toContain('\n  ✗ gate   0.2 s        failed: 1 of 4 hold, 2 undecided');
    const [run] = statusJson({ underWay: [], past }).past;
    expect(run && 'stages' in run && run.stages.at(-3)).toMatchObject({ id: 'gate', verdict: 'fail' });
  });

  it('has them as JSON, without types, and infinite numbers as words', () => {
    const nowhere = { report: null, log: null, mlflow: [] };
    const essentials = essentialsOf({ name: 'RUN', folder: '/', record: judgedRun() }, nowhere);
    const { stages } = JSON.parse(JSON.stringify(essentials, finiteOrWord)) as {
      stages: readonly Record<string, unknown>[];
    };
    const told = (name: string) =>
      required(
        stages.find((stage) => stage['id'] === name),
        name,
      );
    const { type: _, ...expected } = verdictOf('fail', [findings.open, findings.infinite]);
    expect(told('worse')['verdict']).toEqual(JSON.parse(JSON.stringify(expected, finiteOrWord)));
    expect(JSON.stringify(told('worse')['verdict'])).toContain('"value":"Infinity"');
    expect(Object.keys(told('table')['comparison'] as object)).toEqual([
      'confidence',
      'columns',
      'versus',
      'rows',
    ]);
    expect(told('train')).not.toHaveProperty('verdict');
    expect(told('train')).not.toHaveProperty('comparison');
  });
});
