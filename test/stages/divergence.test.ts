import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, test } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { StoredCheckpoints } from '../../src/execute/checkpoints.js';
import { divergedFile, StageDiverged, type StageEvent } from '../../src/execute/contract.js';
import { thisMachine } from '../../src/execute/machine.js';
import { readModelManifest } from '../../src/stages/model-artifact.js';
import { temporaryFolder } from '../files/support.js';
import { train, type TrainFields } from './training-support.js';

type Policy = NonNullable<TrainFields['on_divergence']>;

const policy = (fields: Partial<Policy>): Policy => ({
  action: 'stop',
  max_estimate: 1e6,
  every: 100,
  lr_factor: 1,
  attempts: 3,
  ...fields,
});

/** Without bounds, and with a learning rate by which the estimate grows from step to step, to infinity. */
function exploding(lr = 0.8): Partial<TrainFields> {
  const sgd = {
    type: 'sgd',
    lr,
    momentum: 0,
    nesterov: false,
    schedule: { type: 'constant' },
  } as const;
  return {
    optimizer: { generator: sgd, critic: sgd },
    lipschitz: { type: 'none' },
    budget: { generator_steps: 60 },
  };
}

const ofType = <T extends StageEvent['type']>(events: readonly StageEvent[], type: T) =>
  events.filter((event): event is Extract<StageEvent, { type: T }> => event.type === type);

async function divergenceOf(fields: Partial<TrainFields>) {
  const error = await train({ folder: await temporaryFolder(), fields }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StageDiverged);
  return (error as StageDiverged).divergence;
}

describe('a training that is to stop where it diverges', () => {
  it('does so when the losses are no longer finite', async () => {
    const on_divergence = policy({ max_estimate: Number.MAX_VALUE });
    const { kind, step, message } = await divergenceOf({ ...exploding(), on_divergence });
    expect({ kind, message }).toEqual({ kind: 'not_finite', message: 'the losses are no longer finite' });
    expect(step).toBeLessThan(60);
  });

  it('does so when the estimate explodes, which is earlier', async () => {
    const on_divergence = policy({ max_estimate: 1000 });
    const { kind, step, message } = await divergenceOf({ ...exploding(), on_divergence });
    expect(kind).toBe('exploding');
    expect(message).toMatch(/^the wasserstein_estimate is -?[\d,.e+]+, beyond 1,000$/);
    const { events } = await train({ folder: await temporaryFolder(), fields: exploding() });
    const estimates = ofType(events, 'metrics').map(({ values }) =>
      Math.abs(values['wasserstein_estimate'] ?? 0),
    );
    // Each of them is within the bound before that step, and not at it.
    expect(estimates.findIndex((estimate) => !(estimate <= 1000)) + 1).toBe(step);
  });

  it('does so when the critic gives all samples one score, at the next look', async () => {
    const divergence = await divergenceOf({
      lipschitz: { type: 'clip', range: [-1e-12, 1e-12], layers: {}, when: 'after_step' },
      on_divergence: policy({ every: 3 }),
    });
    expect(divergence).toEqual({
      kind: 'collapsed',
      step: 3,
      message: 'the critic gives all samples the same score, real and generated',
    });
  });

  it('looks at the end, too', async () => {
    const { step } = await divergenceOf({
      lipschitz: { type: 'clip', range: [-1e-12, 1e-12], layers: {}, when: 'after_step' },
      on_divergence: policy({ every: 100 }),
    });
    expect(step).toBe(5);
  });
});

test('a training that goes well is the same under a policy', async () => {
  const folder = await temporaryFolder();
  const snapshots = { every: { generator_steps: 2 }, samples: 20 };
  const free = await train({ folder, name: 'free', fields: { snapshots } });
  for (const action of ['stop', 'rollback', 'mark'] as const) {
    const on_divergence = policy({ action, every: 1 });
    const watched = await train({ folder, name: action, fields: { snapshots, on_divergence } });
    expect(ofType(watched.events, 'metrics').map(({ values }) => values)).toEqual(
      ofType(free.events, 'metrics').map(({ values }) => values),
    );
    expect(await contentOf(watched.output)).toEqual(await contentOf(free.output));
  }
});

test('a training whose divergence is a result ends there, and says so in its artifact', async () => {
  const on_divergence = policy({ action: 'mark', max_estimate: 1000 });
  const { output, events } = await train({
    folder: await temporaryFolder(),
    fields: { ...exploding(), on_divergence },
  });
  const divergence = JSON.parse(await readFile(join(output, divergedFile), 'utf8')) as { step: number };
  expect(divergence).toMatchObject({ kind: 'exploding' });
  const { snapshots, generator_steps: steps } = await readModelManifest(output);
  expect(steps).toBe(divergence.step);
  expect(snapshots).toEqual([0, steps]);
  expect(ofType(events, 'metrics').map(({ step }) => step)).toEqual(
    Array.from({ length: steps }, (_, index) => index + 1),
  );
});

/** The first try explodes; the later ones learn slowly enough. */
const rollback = {
  ...exploding(),
  snapshots: { every: { generator_steps: 2 }, samples: 20 },
  budget: { generator_steps: 24 },
  on_divergence: policy({ action: 'rollback', max_estimate: 1000, every: 2, lr_factor: 1e-4 }),
};

describe('a training that is to go back', () => {
  it('goes on from a state at least so many steps before, with other noise, to its end', async () => {
    const { output, events } = await train({ folder: await temporaryFolder(), fields: rollback });
    const [back, ...more] = ofType(events, 'rolled_back');
    expect(more).toEqual([]);
    const { divergence, to, attempt } = required(back, 'a way back');
    expect(attempt).toBe(1);
    expect(divergence.step - to).toBeGreaterThanOrEqual(2);
    expect(to % 2).toBe(0);
    expect(ofType(events, 'note').map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^At generator step \d+ the wasserstein_estimate is .*, beyond 1,000\. Went back to step \d+, with other noise and learning rates times 0\.0001000 \(rollback 1 of 3\)\.$/,
      ),
    ]);
    expect(ofType(events, 'metrics').at(-1)?.step).toBe(24);

    const { snapshots } = await readModelManifest(output);
    expect(snapshots).toEqual(Array.from({ length: 13 }, (_, index) => 2 * index));
    const folders = await readdir(join(output, 'snapshots'));
    expect(folders.map((name) => Number(name.slice('step-'.length)))).toEqual(snapshots);
    expect(await readdir(output)).not.toContain(divergedFile);
  });

  it('fails where it diverges once more than it may go back', async () => {
    const events: StageEvent[] = [];
    const training = train({
      folder: await temporaryFolder(),
      fields: { ...rollback, on_divergence: { ...rollback.on_divergence, lr_factor: 1, attempts: 2 } },
      onEvent: (event) => events.push(event),
    });
    await expect(training).rejects.toThrow(StageDiverged);
    const back = ofType(events, 'rolled_back');
    expect(back.map(({ attempt }) => attempt)).toEqual([1, 2]);
    // From the same weights, samples and learning rates each attempt goes another way, by its noise.
    const { to } = required(back[0], 'a way back');
    const tries = ofType(events, 'metrics').filter(({ step }) => step === to + 1);
    expect(tries.length).toBeGreaterThan(1);
    expect(new Set(tries.map(({ values }) => values['critic_loss'])).size).toBe(tries.length);
  });

  // Going back further, it has to give up snapshots that checkpoints have.
  it.each([2, 5])(
    'by %d steps, it is the same to the last bit however often it is interrupted',
    async (every) => {
      const folder = await temporaryFolder();
      const fields = { ...rollback, on_divergence: { ...rollback.on_divergence, every } };
      const straight = await train({ folder, name: 'straight', fields });
      const ways = { attempts: 0, output: '' };
      const told: StageEvent[] = [];
      for (let isWhole = false; !isWhole;) {
        ways.attempts += 1;
        told.length = 0;
        const name = `interrupted${ways.attempts}`;
        isWhole = await interrupted({ folder, name, fields }, told);
        ways.output = join(folder, name);
      }
      expect(ways.attempts).toBeGreaterThan(5);
      expect(await contentOf(ways.output)).toEqual(await contentOf(straight.output));
      const history = (events: readonly StageEvent[]) =>
        events
          .filter(({ type }) => type === 'metrics' || type === 'rolled_back' || type === 'image')
          .map((event) => ({ ...event, timestamp: 0 }));
      expect(history(told)).toEqual(history(straight.events));
    },
  );
});

/** Goes on from the checkpoint for two more generator steps. @returns whether the training came to its end. */
async function interrupted(
  { folder, name, fields }: { folder: string; name: string; fields: Partial<TrainFields> },
  told: StageEvent[],
): Promise<boolean> {
  const output = join(folder, name);
  const checkpoints = new StoredCheckpoints({
    folder: join(folder, 'checkpoint'),
    interval: { steps: 1000 },
    output,
    machine: thisMachine({}),
    now: Date.now,
    tell: (event) => told.push(event),
  });
  const stop = new AbortController();
  let steps = 0;
  try {
    await train({
      folder,
      name,
      fields,
      checkpoints,
      signal: stop.signal,
      onEvent: (event) => {
        checkpoints.report(event);
        if (event.type === 'metrics' && (steps += 1) === 2) setImmediate(() => stop.abort());
      },
    });
    return true;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return false;
  }
}

/** The files in a folder, by path. */
async function contentOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'base64')] as const),
  );
  return Object.fromEntries(contents);
}
