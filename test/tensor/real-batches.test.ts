import { describe, expect, test } from 'vitest';

import type { CriticIterations } from '../../src/base/critic-iterations.js';
import { RandomStream } from '../../src/base/streams.js';
import { BatchOrder, type RealSamples } from '../../src/tensor/batches.js';
import { RealBatches } from '../../src/tensor/real-batches.js';
import { Trainer } from '../../src/tensor/trainer.js';
import { digestOf, modelOf, recordedSamples, useNativeBackend } from './support.js';

useNativeBackend();

const points = (count: number) => new RandomStream({ seed: 2, purpose: 'points' }).normal(2 * count);

/** Samples that can be fetched, with a record of what is read when it is wanted, and of what is read before. */
function fetchedSamples(count: number, fails = false) {
  const inMemory = recordedSamples([2], points(count));
  const log = { now: 0, before: 0, underWay: 0, most: 0 };
  const samples: RealSamples = {
    ...inMemory,
    gather: (indices) => {
      log.now += 1;
      return inMemory.gather(indices);
    },
    fetch: async (indices) => {
      log.before += 1;
      log.underWay += 1;
      log.most = Math.max(log.most, log.underWay);
      await new Promise((resolve) => setTimeout(resolve, 1));
      log.underWay -= 1;
      if (fails) throw new Error('it cannot be read');
      return inMemory.gather(indices);
    },
  };
  return { inMemory, samples, log };
}

const orderOf = (count: number, batchSize = 8) => new BatchOrder({ seed: 1, samples: count, batchSize });

describe('batches that are read ahead', () => {
  test('are those of the order, over the ends of epochs', async () => {
    const { inMemory, samples, log } = fetchedSamples(20);
    const [batches, order] = [new RealBatches(samples, orderOf(20)), orderOf(20)];
    for (let step = 0; step < 9; step += 1) {
      await batches.readAhead(step, 1);
      void batches.readAhead(step + 1, 3);
      expect(batches.take(step)).toEqual(inMemory.gather(order.batch(step)));
    }
    expect(log.now).toBe(0);
    // Each once: 9, and 3 more that nobody took.
    expect(log.before).toBe(12);
  });

  test('are read when they are wanted where they were not before', () => {
    const { inMemory, samples, log } = fetchedSamples(20);
    const batches = new RealBatches(samples, orderOf(20));
    void batches.readAhead(0, 2);
    expect(batches.take(1)).toEqual(inMemory.gather(orderOf(20).batch(1)));
    expect(log).toMatchObject({ now: 1, before: 2 });
  });

  test('that cannot be read are read again, which tells why', async () => {
    const { samples, log } = fetchedSamples(20, true);
    const batches = new RealBatches(samples, orderOf(20));
    await batches.readAhead(0, 1);
    expect(batches.take(0)).toHaveLength(16);
    expect(log).toMatchObject({ now: 1, before: 1 });
  });

  test('take no more than 64 MiB, or one batch', async () => {
    const fetched: number[] = [];
    const large: RealSamples = {
      shape: [2 ** 20],
      count: 100,
      gather: () => new Float32Array(),
      fetch: (indices) => {
        fetched.push(indices.length);
        return Promise.resolve(new Float32Array());
      },
    };
    await new RealBatches(large, orderOf(100, 2)).readAhead(0, 50);
    expect(fetched).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    await new RealBatches(large, orderOf(100, 100)).readAhead(0, 1);
    expect(fetched.at(-1)).toBe(100);
  });
});

const rules: readonly CriticIterations[] = [
  { type: 'constant', count: 3 },
  { type: 'schedule', count: 1, boost: 4, first: { generator_steps: 2 }, every: { generator_steps: 3 } },
  { type: 'adaptive', min: 1, max: 5, threshold: 0.2 },
];

describe.each(rules)('a training with $type critic iterations', (criticIterations) => {
  const trained = async (samples: RealSamples, prepares: boolean, from?: ReturnType<Trainer['save']>) => {
    const trainer = new Trainer(modelOf({ clip: [-0.05, 0.05] }), samples, {
      criticIterations,
      batchSize: 8,
      seed: 3,
    });
    const states = [];
    if (from) trainer.restore(from);
    for (let step = from?.generatorSteps ?? 0; step < 8; step += 1) {
      states.push(trainer.save());
      if (prepares) await trainer.prepare();
      trainer.iterate();
    }
    const digest = digestOf(trainer.save().tensors);
    trainer.dispose();
    return { digest, states };
  };

  test('is the same to the bit on samples in memory and on samples that are read ahead, from any step on', async () => {
    const { inMemory, samples, log } = fetchedSamples(30);
    const { digest, states } = await trained(inMemory, true);
    const ahead = await trained(samples, true);
    expect(ahead.digest).toBe(digest);
    // How many steps an adaptive rule takes is known when it has taken them.
    if (criticIterations.type !== 'adaptive') expect(log.now).toBe(0);
    expect(log.before).toBeGreaterThan(8);
    expect((await trained(samples, false)).digest).toBe(digest);
    for (const state of states) expect((await trained(samples, true, state)).digest).toBe(digest);
  });
});
