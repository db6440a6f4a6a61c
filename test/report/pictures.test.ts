import { expect, it } from 'vitest';

import { evenlySpaced, readPictures } from '../../src/report/pictures.js';
import { ringRun, ringWorld, stageRecord } from './support.js';

it('shows the first, the last and evenly spaced ones between', () => {
  const values = Array.from({ length: 22 }, (_, index) => index);
  expect(evenlySpaced(values, 8)).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
  expect(evenlySpaced(values, 2)).toEqual([0, 21]);
  expect(evenlySpaced([1, 2], 8)).toEqual([1, 2]);
});

it('reads real pictures from the artifact, with their size', async () => {
  const train = stageRecord(ringRun({ steps: 30, snapshotEvery: 15 }), 'train');
  const [row] = await readPictures(train, ringWorld.readFile);
  expect(row).toMatchObject({ name: 'samples', all: 3 });
  expect(row?.pictures.map(({ step }) => step)).toEqual([0, 15, 30]);
  expect(row?.pictures[0]?.png).toMatchObject({ width: 320, height: 320 });
});

it('asks for files by their absolute path, and survives those that are gone or are no PNG', async () => {
  const train = stageRecord(ringRun({ steps: 30, snapshotEvery: 30 }), 'train');
  const asked: string[] = [];
  const gone = await readPictures(train, (path) => {
    asked.push(path);
    return Promise.reject(new Error('ENOENT'));
  });
  expect(asked[0]).toMatch(/^\/store\/[0-9a-f]{12}\/samples\/000000\.png$/);
  expect(gone[0]?.pictures.map(({ png }) => png)).toEqual([undefined, undefined]);
  const text = await readPictures(train, () => Promise.resolve(Buffer.from('<svg>'.repeat(20))));
  expect(text[0]?.pictures[0]?.png).toBeUndefined();
});

it('has none of a stage that did not finish', async () => {
  const failed = stageRecord(ringRun({ failure: { reason: 'interrupted' } }), 'train');
  expect(failed.images.length).toBeGreaterThan(0);
  expect(await readPictures(failed, ringWorld.readFile)).toEqual([]);
});
