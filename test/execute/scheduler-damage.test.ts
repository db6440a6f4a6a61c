import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { removeGarbage } from '../../src/cache/collect.js';
import type { Cache } from '../../src/cache/contract.js';
import { corruptUnseen, keyOf } from '../cache/support.js';
import { bench, chain, failing, story } from './bench.js';

const corrupt = async (cache: Cache, name: string, file: string) => {
  const found = await cache.lookup(keyOf(name));
  if (found.state !== 'hit') throw new Error(`${name} is no hit`);
  await corruptUnseen(join(found.artifact.directory, file));
  expect((await cache.lookup(keyOf(name))).state).toBe('hit');
};

test('an input that a stage is about to read is made again first', async () => {
  const { run, cache, contentOf } = await bench();
  await run(chain);
  await corrupt(cache, 'train', 'out');
  await cache.remove(keyOf('measure'));
  const { outcome, events, ran, record } = await run(chain);
  expect(outcome).toBe('succeeded');
  expect(ran).toEqual(['train', 'measure']);
  expect(story(events, 'train')).toEqual([
    'metrics',
    'cached',
    'artifact_damaged',
    'started',
    'progress',
    'metrics',
    'succeeded',
  ]);
  expect(await contentOf('measure')).toBe('measure(train(data()),data())');
  expect(record.stages[1]?.metrics).toHaveLength(1);
});

test('an input of an input as well', async () => {
  const { run, cache, contentOf } = await bench();
  await run(chain);
  await corrupt(cache, 'data', 'out');
  await corrupt(cache, 'train', 'out');
  await cache.remove(keyOf('measure'));
  expect((await run(chain)).ran).toEqual(['data', 'train', 'measure']);
  expect(await contentOf('measure')).toBe('measure(train(data()),data())');
});

test('where an input cannot be made again, what reads it is not run', async () => {
  const { run, cache } = await bench();
  await run(chain);
  await corrupt(cache, 'train', 'out');
  await cache.remove(keyOf('measure'));
  const { record, outcome } = await run(chain, { train: failing });
  expect(outcome).toBe('failed');
  expect(record.stages[1]?.outcome.state).toBe('failed');
  expect(record.stages[2]?.outcome).toEqual({ state: 'not_run', because: { failed: 'train' } });
});

test('one that nobody reads is found when it is looked at', async () => {
  const { run, cache } = await bench();
  await run(chain);
  const found = await cache.lookup(keyOf('measure'));
  if (found.state === 'hit') await writeFile(join(found.artifact.directory, 'out'), 'short');
  const { events, ran } = await run(chain);
  expect(ran).toEqual(['measure']);
  expect(story(events, 'measure')).toEqual([
    'artifact_damaged',
    'started',
    'progress',
    'metrics',
    'succeeded',
  ]);
});

test('events are compared with their digest before they are told again', async () => {
  const { run, cache } = await bench();
  await run(chain);
  await corrupt(cache, 'train', 'events.jsonl');
  const { events } = await run(chain);
  expect(story(events, 'train')).toEqual(['artifact_damaged', 'started', 'progress', 'metrics', 'succeeded']);
});

test('an input that a collection takes away after it was looked up is made again', async () => {
  const { run, cache, folder, contentOf } = await bench();
  await run(chain);
  await cache.remove(keyOf('measure'));
  const everything = {
    isNeeded: () => false,
    isNeededNow: () => Promise.resolve(false),
    madeBefore: Infinity,
  };
  const verify: Cache['verify'] = async (artifact) => {
    if (artifact.key === keyOf('train')) {
      expect(await removeGarbage(folder, artifact.key, everything)).toBe('garbage');
    }
    return cache.verify(artifact);
  };
  const raced = Object.assign(Object.create(cache) as Cache, { verify });
  const { outcome, events, ran } = await run(chain, {}, { cache: raced });
  expect(outcome).toBe('succeeded');
  expect(ran).toEqual(['train', 'measure']);
  expect(events).toContainEqual({
    type: 'artifact_damaged',
    time: 1000,
    stage: 'train',
    reason: 'it is gone',
  });
  expect(await contentOf('measure')).toBe('measure(train(data()),data())');
});
