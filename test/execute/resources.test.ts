import { setTimeout as delay } from 'node:timers/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { excessOf, Resources, type Capacity } from '../../src/execute/resources.js';
import type { RunnableStage } from '../../src/plan/types.js';
import type { StagePolicy } from '../../src/spec/fields.js';
import { bench } from './bench.js';
import { planOf, stageOf } from './support.js';

type Demand = Pick<StagePolicy, 'gpu' | 'memory'>;

/** Asks for the stages in order, says which run, and lets one end. */
function rig(capacity: Capacity) {
  const resources = new Resources(capacity);
  const running = new Map<string, { readonly gpus: readonly string[]; readonly end: () => void }>();
  const all: Promise<unknown>[] = [];
  const ask = (name: string, policy: Demand | undefined) =>
    all.push(resources.hold(policy, (gpus) => new Promise<void>((end) => running.set(name, { gpus, end }))));
  const names = async () => {
    await delay(0);
    return [...running.keys()];
  };
  const end = async (name: string) => {
    running.get(name)?.end();
    running.delete(name);
    return names();
  };
  return { ask, names, end, running };
}

const gpus = ['0', '1'];

describe('resources', () => {
  test('are held while work goes on, and GPUs are of one stage alone', async () => {
    const { ask, names, end, running } = rig({ jobs: 4, gpus, memory: 8 });
    ask('a', { gpu: 1 });
    ask('b', { gpu: 1, memory: 6 });
    ask('c', { gpu: 1 });
    ask('d', { gpu: 0, memory: 3 });
    ask('e', undefined);
    expect(await names()).toEqual(['a', 'b', 'e']);
    expect([running.get('a')?.gpus, running.get('b')?.gpus, running.get('e')?.gpus]).toEqual([
      ['0'],
      ['1'],
      [],
    ]);
    expect(await end('b')).toEqual(['a', 'e', 'c', 'd']);
    expect(running.get('c')?.gpus).toEqual(['1']);
  });

  test('many small stages never keep a large one waiting for ever: what comes free gathers for it', async () => {
    const { ask, names, end } = rig({ jobs: 4, gpus, memory: 8 });
    ask('small-1', { gpu: 1 });
    ask('small-2', { gpu: 1 });
    ask('large', { gpu: 2, memory: 8 });
    ask('small-3', { gpu: 1 });
    ask('lean', { gpu: 0, memory: 1 });
    ask('free', { gpu: 0 });
    // Memory is there, but promised; what asks for neither goes on meanwhile.
    expect(await names()).toEqual(['small-1', 'small-2', 'free']);
    expect(await end('small-1')).toEqual(['small-2', 'free']);
    expect(await end('small-2')).toEqual(['free', 'large']);
    expect(await end('large')).toEqual(['free', 'small-3', 'lean']);
  });

  test('a stage that waits for a job alone is next, whatever the others ask for', async () => {
    const { ask, names, end } = rig({ jobs: 1, gpus, memory: 8 });
    for (const name of ['a', 'b', 'c']) ask(name, undefined);
    expect(await names()).toEqual(['a']);
    expect(await end('a')).toEqual(['b']);
  });

  test('come back where the work fails', async () => {
    const resources = new Resources({ jobs: 1, gpus, memory: 1 });
    await expect(resources.hold({ gpu: 2 }, () => Promise.reject(new Error('oh')))).rejects.toThrow('oh');
    expect(await resources.hold({ gpu: 2, memory: 1 }, (own) => Promise.resolve(own))).toEqual(gpus);
  });

  test('any work on any machine: never more than there is, each GPU once, everything ends', async () => {
    const capacity = fc.record({
      jobs: fc.integer({ min: 1, max: 4 }),
      gpus: fc.integer({ min: 0, max: 3 }).map((count) => Array.from({ length: count }, (_, i) => `g${i}`)),
      memory: fc.integer({ min: 0, max: 10 }),
    });
    const demand = fc.record({
      gpu: fc.integer({ min: 0, max: 3 }),
      memory: fc.integer({ min: 0, max: 10 }),
      turns: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(capacity, fc.array(demand, { maxLength: 30 }), async (machine, asked) => {
        const demands = asked.filter((one) => excessOf(one, machine) === undefined);
        const resources = new Resources(machine);
        const held = new Set<string>();
        let [jobs, memory, ended] = [0, 0, 0];
        await Promise.all(
          demands.map((one) =>
            resources.hold(one, async (own) => {
              jobs += 1;
              memory += one.memory;
              expect(jobs).toBeLessThanOrEqual(machine.jobs);
              expect(memory).toBeLessThanOrEqual(machine.memory);
              expect(own).toHaveLength(one.gpu);
              for (const gpu of own) {
                expect(machine.gpus).toContain(gpu);
                expect(held.has(gpu)).toBe(false);
                held.add(gpu);
              }
              for (let turn = 0; turn < one.turns; turn += 1) await Promise.resolve();
              for (const gpu of own) held.delete(gpu);
              jobs -= 1;
              memory -= one.memory;
              ended += 1;
            }),
          ),
        );
        expect(ended).toBe(demands.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('stages of a run', () => {
  const asking = (stage: RunnableStage, policy: Demand): RunnableStage => ({
    ...stage,
    policy: { always: false, retries: 0, ...policy },
  });

  test('get their own GPUs, and wait for them', async () => {
    const { run } = await bench();
    const seen: (readonly string[] | undefined)[] = [];
    let running = 0;
    const deed = async ({ gpus: own }: { readonly gpus?: readonly string[] }) => {
      seen.push(own);
      expect(++running).toBe(1);
      await delay(5);
      running -= 1;
      return undefined;
    };
    const plan = planOf(
      asking(stageOf('a'), { gpu: 1 }),
      asking(stageOf('b'), { gpu: 1 }),
      stageOf('c', ['a', 'b']),
    );
    const machine = { gpus: ['GPU-7'], memory: 1 };
    const { outcome } = await run(plan, { a: deed, b: deed, c: deed }, { jobs: 3, machine });
    expect(outcome).toBe('succeeded');
    expect(seen).toEqual([['GPU-7'], ['GPU-7'], undefined]);
  });

  test('that ask for more than there is fail at the field that asks; what is cached is taken', async () => {
    const { run } = await bench();
    const plan = planOf(
      asking(stageOf('a'), { gpu: 2, memory: 2 ** 30 }),
      asking(stageOf('b'), { gpu: 0, memory: 2 ** 31 }),
    );
    const small = { gpus: [], memory: 2 ** 30 };
    const { record, ran } = await run(plan, {}, { machine: small });
    expect(ran).toEqual([]);
    expect(record.stages.map(({ outcome }) => outcome)).toMatchObject([
      {
        failure: {
          reason: 'problem',
          message: 'the stage needs 2 GPUs, but there are none',
          field: ['resources', 'gpu'],
        },
      },
      {
        failure: {
          message: 'the stage needs 2 GiB of memory, but there are 1 GiB',
          field: ['resources', 'memory'],
        },
      },
    ]);
    await run(plan, {}, { machine: { gpus, memory: 2 ** 31 } });
    expect((await run(plan, {}, { machine: small })).outcome).toBe('succeeded');
  });
});
