import { describe, expect, it } from 'vitest';

import type { RunRecord } from '../../src/execute/record.js';
import { renderReport } from '../../src/report/report.js';
import { evilPlace, findings, gate, judgedRun } from './judged-support.js';
import { ringWorld } from './support.js';
import { assertWellFormed } from './well-formed.js';

const pageOf = (record: RunRecord) => renderReport(record, ringWorld);

/** The text below a heading of the page. */
function textBelow(page: string, heading: string): string {
  const [, section = ''] = page.split(`<h2>${heading}</h2>`);
  return textIn(section.split('</section>')[0] ?? '');
}

function textIn(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('the report of a run with gates, claims and comparisons', async () => {
  const page = await pageOf(judgedRun());

  it('is well-formed, quiet, and shows what users wrote as text', () => {
    assertWellFormed(page);
    expect(page).not.toMatch(/<script|\son[a-z]+=|url\(/i);
    expect(textBelow(page, 'Gates and claims')).toContain(evilPlace.replace('\u001b', '\ufffd'));
    expect(textBelow(page, 'Gates and claims')).toContain('Samples of <both> arms are as good.');
  });

  it('has the verdicts first, then the comparisons', () => {
    const headings = [...page.matchAll(/<h2>([^<]*)/g)].map(([, text]) => text);
    expect(headings.slice(0, 3)).toEqual(['Gates and claims', 'Comparisons', 'Key results']);
  });

  it('says of each finding what was held against what', () => {
    const text = textBelow(page, 'Gates and claims');
    expect(text).toMatch(
      /^Gate gate failed: 1 of 4 hold, 2 undecided Verdict Metric Estimate 95% interval n Bound/,
    );
    expect(text).toContain('holds quality.w1 arm=base 1.227 0.9014 to 1.554 3 at most 2');
    expect(text).toContain(
      'does not hold quality.w1 arm=tight 1.341 times arm=base 1.218 to 1.468 3 at most 1.2',
    );
    expect(text).toContain(
      'undecided quality.w1 arm=wild 1 of 3 values are lacking: train@arm=wild,seed=1 diverged at most 1.2 times arm=base',
    );
    expect(text).toContain('Claim worse refuted: 0 of 2 hold, 1 undecided Samples of');
    expect(text).toContain('arXiv 1701.07875, section 4.3');
    expect(text).toContain('does not hold exact.kl Infinity 3 at most 2');
    expect(text).toContain('differs from quality.w2 by -0.2500 one run, no interval 1 at least -0.5');
  });

  it('draws what is finite, on one scale for each assertion', () => {
    const drawn = [...page.matchAll(/<svg\s+class="interval ([a-z]*)"[^>]*aria-label="([^"]*)"/g)];
    expect(drawn.slice(0, 4).map(([, tone]) => tone)).toEqual(['good', 'bad', 'unsure', 'neutral']);
    expect(drawn.map(([, , label]) => label)).toContain(
      'quality.w1, arm=one: 1.392 times arm=base (1.050 to 1.740, n = 3), at most 1.2',
    );
    const bounds = [...page.matchAll(/class="bound"\s+x1="([\d.]+)"/g)].map(([, x]) => x);
    expect(bounds[1]).toBe(bounds[2]);
  });

  it('has tables of means and differences, the best in bold, and says what is not ranked', () => {
    const text = textBelow(page, 'Comparisons');
    expect(text).toContain('quality.fid not comparable: of other numbers of samples (samples)');
    expect(text).toContain('train.wasserstein_estimate not ranked: each is of a critic of its own');
    expect(text).toContain('arm=one 0.8000 ± 0.10 -0.01910');
    expect(text).toContain('arm=wild – 1 of 3 values are lacking: train@arm=wild,seed=1 diverged Infinity');
    expect(text).toContain('arm=tight +0.4180 ± 0.18 , p = 0.019 worse');
    expect(text).toContain('arm=one -0.4274 ± 0.075 , p < 0.001 better');
    expect(page.match(/<strong>0\.8000<\/strong>/g)).toHaveLength(1);
    expect(page).not.toContain('<strong>280.5');
  });

  it('says in the header which gate it was, and in the table of stages what came of it', () => {
    expect(textIn(page)).toContain('A gate failed after 41 s: 8 stages done. Not passed: gate .');
    expect(textBelow(page, 'Stages')).toMatch(/gate gate failed: 1 of 4 hold, 2 undecided 0\.2 s/);
    expect(page).toMatch(/<rect class="node bad"/);
  });
});

it('a run without them has no such sections', async () => {
  const page = await pageOf(judgedRun([]));
  expect(page).not.toMatch(/Gates and claims|Comparisons/);
});

it('of many gates some are named', async () => {
  const gates = Array.from({ length: 8 }, (_, seed) =>
    gate(`gate@seed=${seed}`, [findings.one], 'inconclusive', true),
  );
  const run = judgedRun(gates);
  const page = await pageOf({ ...run, end: run.end && { ...run.end, outcome: 'inconclusive' } });
  expect(textIn(page)).toContain('Could not decide: gate@seed=0, gate@seed=1');
  expect(textIn(page)).toContain('gate@seed=4 and 3 more.');
  expect(textBelow(page, 'Stages')).toContain('inconclusive, from the cache');
});
