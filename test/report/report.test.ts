import { describe, expect, it } from 'vitest';

import { renderReport } from '../../src/report/report.js';
import type { RunRecord } from '../../src/execute/record.js';
import { id, ringRun, ringWorld, type RingRun } from './support.js';
import { assertWellFormed } from './well-formed.js';

const short = { steps: 60, snapshotEvery: 20 } as const;
const report = (options: RingRun = {}) => renderReport(ringRun({ ...short, ...options }), ringWorld);

/** The text of the page as a reader sees it, white space collapsed. */
function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<wbr \/>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');
}

describe('a report', () => {
  it('is one well-formed page without scripts and without anything to fetch', async () => {
    const page = await report();
    assertWellFormed(page);
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|javascript:|\son[a-z]+=|@import|url\(/i);
    const addresses = [...page.matchAll(/\b(?:src|href|action|data)="([^"]*)"/g)].map(
      ([, address]) => address,
    );
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => address?.startsWith('data:') !== true)).toEqual([]);
  });

  it('tells things in their order', async () => {
    const headings = [...(await report({ note: 'slow' })).matchAll(/<h2>([^<]*)/g)].map(([, text]) => text);
    expect(headings).toEqual([
      'Key results',
      'Training',
      'Quality over snapshots',
      'Samples',
      'Stages',
      'Specification',
      'Provenance',
      'How to reproduce',
      'Notes and warnings',
    ]);
  });

  it('says what a reader looks for', async () => {
    const text = textOf(await report({ note: 'three duplicates', cached: true }));
    expect(text).toContain('eight-gaussians');
    expect(text).toContain('Succeeded');
    expect(text).toContain('4 stages done, 1 of them from the cache');
    expect(text).toContain('Sliced Wasserstein distance');
    expect(text).toContain('Wasserstein estimate: falls as samples improve');
    expect(text).toContain('hidden: [128, 128, 128]');
    expect(text).toContain('0f3c9a1be6f24d17a3f14c1d8a0e0b4dd0a6ce52 on main, with uncommitted changes');
    expect(text).toContain('wassermill run pipelines/quickstart.yaml');
    expect(text).toContain('train : three duplicates');
    expect(text).toContain('Report made 2026-11-23 18:36:01 UTC');
  });

  it('does not promise that a standard GAN’s numbers fall', async () => {
    expect(textOf(await report({ objective: 'non_saturating' }))).not.toContain('falls as samples improve ');
  });

  it('says whether the estimate tells of quality, where enough snapshots were measured', async () => {
    const said =
      /Rank correlation with the Wasserstein estimate over (\d+) snapshots: Spearman (\S+), Kendall (\S+)\./;
    const [, snapshots, spearman, kendall] = said.exec(textOf(await report({ snapshotEvery: 10 }))) ?? [];
    expect(snapshots).toBe('6');
    for (const value of [spearman, kendall]) expect(Math.abs(Number(value))).toBeLessThanOrEqual(1);
    expect(textOf(await report({ snapshotEvery: 30 }))).not.toMatch(said);
  });

  it('hides no failed attempt', async () => {
    const killed = { reason: 'killed', signal: 'SIGKILL', lastLines: ['step 7', '<b>OOM</b>'] } as const;
    const late = { reason: 'timed_out', seconds: 90, lastLines: [] } as const;
    const page = await report({ retried: [killed, late] });
    assertWellFormed(page);
    expect(page).toContain('&lt;b&gt;OOM&lt;/b&gt;');
    const text = textOf(page);
    expect(text).toContain('train train done after 2 failed attempts');
    expect(text).toContain('Failed attempts train , attempt 1 was killed by SIGKILL Most likely');
    expect(text).toContain('A pause of 1.0 s followed. The last lines that it wrote step 7 <b>OOM</b>');
    expect(text).toContain('train , attempt 2 ran out of time (1 min 30 s)');
    expect(textOf(await report())).not.toContain('attempt');
    expect(textOf(await report({ retried: [late], failure: killed }))).toContain('after 1 failed attempt');
  });

  it('carries the sample grids with their steps', async () => {
    const page = await report();
    expect(page.match(/src="data:image\/png;base64,iVBOR/g)).toHaveLength(4 + 1);
    expect(textOf(page)).toMatch(/step 0 untrained step 20 step 40 step 60/);
  });

  it('shows at most 8 of many grids and says so', async () => {
    const page = await report({ steps: 60, snapshotEvery: 2 });
    expect(page.match(/src="data:image\/png/g)).toHaveLength(8 + 1);
    expect(textOf(page)).toContain('8 of 31, evenly spaced.');
  });

  it('says which pictures are gone, and which would be too heavy', async () => {
    const gone = await renderReport(ringRun(short), {
      ...ringWorld,
      readFile: () => Promise.reject(new Error('ENOENT')),
    });
    assertWellFormed(gone);
    expect(textOf(gone)).toContain('samples/000000.png cannot be read any more');

    const heavy = await renderReport(ringRun(short), {
      ...ringWorld,
      readFile: async (path) => Buffer.concat([await ringWorld.readFile(path), Buffer.alloc(3e6)]),
    });
    expect(textOf(heavy)).toContain('4 pictures left out');
    expect(heavy.match(/src="data:image\/png/g)).toHaveLength(1);
  });

  it('is small: under 3 MB for 2,000 steps', async () => {
    const page = await report({ steps: 2000, snapshotEvery: 200 });
    expect(page.length).toBeLessThan(1e6);
  });

  it('is the same text for the same run', async () => {
    expect(await report()).toBe(await report());
  });
});

describe('what users write', () => {
  it('is text wherever it appears', async () => {
    const evil = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`;
    const page = await report({ name: evil, desc: evil, note: evil, image: evil, metricName: evil });
    assertWellFormed(page);
    expect(page).not.toMatch(/<script|<img src=x/i);
    expect(page.match(/<img\s/g)).toHaveLength(5);
    const text = textOf(page);
    expect(text.split(evil).length - 1).toBeGreaterThanOrEqual(6);
  });

  it('is text in failures, stage names and file names too', async () => {
    const evil = '</pre><script>alert(1)</script>';
    const run = ringRun({ ...short, failure: { reason: 'crashed', message: evil, lastLines: [evil] } });
    const renamed: RunRecord = {
      ...run,
      start: { ...run.start, provenance: { ...run.start.provenance, pipelineFile: `${evil}'x` } },
      stages: run.stages.map((record) =>
        record.stage.id === id('picture') ? { ...record, stage: { ...record.stage, id: id(evil) } } : record,
      ),
    };
    const page = await renderReport(renamed, ringWorld);
    assertWellFormed(page);
    expect(page).not.toContain('<script');
    expect(textOf(page)).toContain(`wassermill run '${evil}'\\''x'`);
  });
});

describe('a run that did not succeed', () => {
  it('says why and where it failed', async () => {
    const lastLines = ['Epoch 3', 'Aborted'];
    const text = textOf(await report({ failure: { reason: 'killed', signal: 'SIGKILL', lastLines } }));
    expect(text).toContain('Failed after 2.0 s: 1 of 4 stages done');
    expect(text).toContain('Stage train was killed by SIGKILL');
    expect(text).toContain('ran out of memory');
    expect(text).toContain('Epoch 3 Aborted');
    expect(text).toContain('not run: train failed');
  });

  it('names the field, the message and the help of a problem', async () => {
    const text = textOf(
      await report({
        failure: {
          reason: 'problem',
          message: 'it is truncated',
          field: ['files', 1],
          help: 'Get it again.',
        },
      }),
    );
    expect(text).toContain('Stage train found a problem');
    expect(text).toContain('files[1]: it is truncated');
    expect(text).toContain('Get it again.');
  });

  it('tells interrupted and unfinished ones apart from failed ones', async () => {
    expect(textOf(await report({ failure: { reason: 'interrupted' } }))).toContain('Interrupted after 2.0 s');
    const running = textOf(await report({ unfinished: true }));
    expect(running).toContain('Not finished 1 min 00 s after its start');
    expect(running).toContain('under way');
  });

  it('counts values that are not finite and draws the others', async () => {
    const page = await report({ broken: [5, 6, 30] });
    expect(textOf(page)).toContain('3 values of 60 not finite (NaN or infinite): gaps.');
    expect(page).not.toContain('NaN"');
  });

  it('survives a training without one finite value', async () => {
    const broken = Array.from({ length: 60 }, (_, index) => index + 1);
    const page = await report({ broken });
    assertWellFormed(page);
    expect(textOf(page)).toContain('60 values of 60 not finite');
  });
});
