import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { required } from '../../src/base/invariant.js';
import { eventsFile } from '../../src/cache/contract.js';
import { findProgram } from '../../src/native/command.js';
import { temporaryFolder } from '../files/support.js';
import { smallPipelines } from './small-pipelines.js';
import { latestRun, run, wassermill } from './support.js';

const steps = 20;

const hasTaskset = findProgram('taskset', process.env) !== undefined;

describe.each(Object.entries(smallPipelines(steps)))('%s', (_, write) => {
  it(
    'gives the same bits, however it is run, and others with another seed',
    { timeout: 300_000 },
    async () => {
      const folder = await temporaryFolder();
      const pipeline = await write(folder);
      const train = (runs: string, flags: readonly string[] = [], prefix: readonly string[] = []) =>
        bitsOf(pipeline, join(folder, runs), flags, prefix);

      const first = await train('runs');
      expect(Object.keys(first.files)).toContain(`snapshots/step-0000${steps}/generator.bin`);
      expect(Object.keys(first.files)).toContain(`snapshots/step-0000${steps}/critic.bin`);
      const again = await train('runs', ['--force']);
      expect(again).toEqual(first);
      expect(await train('elsewhere', ['-j', '2'])).toEqual(first);
      if (hasTaskset) expect(await train('one-core', [], ['taskset', '-c', '0'])).toEqual(first);

      const spec = parse(await readFile(pipeline, 'utf8')) as Record<string, unknown>;
      await writeFile(pipeline, stringify({ ...spec, seed: 1 }));
      const other = await train('runs');
      for (const snapshot of ['step-000000', `step-0000${steps}`]) {
        const weights = `snapshots/${snapshot}/generator.bin`;
        expect(other.files[weights], weights).not.toBe(first.files[weights]);
      }
      expect(other.dataset).toBe(first.dataset);
    },
  );
});

interface Bits {
  /** Digest of the dataset's artifact. */
  readonly dataset: string;
  /** Digests of all artifacts, by stage. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** SHA-256 of the training's files, read from the disk. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs a pipeline on the CPU, where bits are promised, and answers with what came out. */
async function bitsOf(
  pipeline: string,
  runs: string,
  flags: readonly string[],
  prefix: readonly string[],
): Promise<Bits> {
  await run([
    ...prefix,
    ...wassermill,
    ...['run', pipeline, '--runs', runs, '--backend', 'native'],
    ...flags,
  ]);
  const { artifacts, cached, record } = await latestRun(runs);
  if (flags.includes('--force')) {
    expect(cached).toEqual([]);
    // A stage says so where its result differs from the earlier one.
    expect(record.stages.flatMap(({ notes }) => notes)).toEqual([]);
  }
  const files: Record<string, string> = {};
  const training = required(artifacts['train'], 'what the training made');
  for (const { path } of training.files) {
    if (path === eventsFile) continue; // It holds times of day.
    const bytes = await readFile(join(training.directory, path));
    files[path] = createHash('sha256').update(bytes).digest('hex');
  }
  const digests = Object.entries(artifacts).map(([id, { digest }]) => [id, digest]);
  const dataset = digests.find(([id]) => id?.startsWith('dataset:'))?.[1];
  return {
    dataset: required(dataset, 'the dataset'),
    artifacts: Object.fromEntries(digests) as Record<string, string>,
    files,
  };
}
