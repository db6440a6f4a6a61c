import type { CriticIterations } from '../../src/base/critic-iterations.js';
import type { CriticOptions, GeneratorOptions } from '../../src/networks/architectures.js';
import type { BackendChoice } from '../../src/tensor/backend.js';

interface ScriptedTraining {
  readonly shape: readonly number[];
  readonly generator: GeneratorOptions;
  readonly critic: CriticOptions;
  readonly clip: readonly [number, number];
  readonly criticIterations: CriticIterations;
  readonly batchSize: number;
  readonly seed: number;
  readonly iterations: number;
}

/** What the script needs compiled beside it. */
export const trainingSources = ['base', 'files', 'native', 'networks', 'tensor'] as const;

/**
 * A module, to be run beside the compiled sources, that trains a WGAN by RMSProp and prints JSON: the digest of
 * its state (as `digestOf`), and the losses of each iteration.
 */
export function trainingScript(backend: BackendChoice, training: ScriptedTraining): string {
  return `
    const { createHash } = await import('node:crypto');
    const { loadBackend } = await import('./tensor/backend.js');
    await loadBackend('${backend}', 2);
    const { RandomStream } = await import('./base/streams.js');
    const { criticNetwork, generatorNetwork } = await import('./tensor/architectures.js');
    const { objectiveOf } = await import('./tensor/objectives.js');
    const { optimizer } = await import('./tensor/optimizers.js');
    const { Trainer } = await import('./tensor/trainer.js');

    const training = ${JSON.stringify(training)};
    const { shape, clip, iterations } = training;
    const rmsprop = optimizer({ type: 'rmsprop', lr: 1e-3, rho: 0.99, epsilon: 1e-8 });
    const model = {
      generator: generatorNetwork(training.generator, shape).value,
      critic: criticNetwork(training.critic, shape).value,
      objective: objectiveOf({ type: 'wasserstein' }),
      optimizers: { generator: rmsprop, critic: rmsprop },
      constraint: { type: 'clip', range: clip, layers: {}, when: 'after_step' },
    };
    const size = shape.reduce((a, b) => a * b);
    const values = new RandomStream({ seed: 2, purpose: 'data' }).normal(64 * size);
    const gather = (indices) =>
      Float32Array.from([...indices].flatMap((i) => [...values.subarray(i * size, (i + 1) * size)]));
    const trainer = new Trainer(model, { shape, count: 64, gather }, training);
    const losses = Array.from({ length: iterations }, () => trainer.iterate());
    const hash = createHash('sha256');
    for (const [name, { buffer, byteOffset, byteLength }] of trainer.save().tensors) {
      hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
    }
    process.stdout.write(JSON.stringify({ digest: hash.digest('hex'), losses }), () => process.exit(0));`;
}

/** All threads of the process that runs it, present and to come. */
export const pinToOneCore = `
  (await import('node:child_process')).execFileSync('taskset', ['-a', '-cp', '0', String(process.pid)]);`;
