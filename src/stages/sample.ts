import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { encodeNpy } from '../base/npy.js';
import type { StageContext } from '../execute/contract.js';
import { loadBackend } from '../tensor/backend.js';
import { drawnClasses, sampleGenerator } from '../tensor/sampling.js';
import { loadGenerator } from './model-artifact.js';
import { samplesPicture } from './pictures.js';
import { tellSamples } from './shown-samples.js';
import { likeliest, textOf } from './texts.js';

/** More images than this are no longer looked at one by one. */
const picturedImages = 256;

/**
 * Draws samples of the trained generator into `samples.npy` (float32, [count, ...shape]; images NHWC in
 * [-1, 1]) and a picture of them into `samples.png`: all points, or the first 256 images. Of text, `samples.npy` holds the
 * numbers of tokens (int32, [count, length]), and `samples.txt` the text. Of a generator that is told classes, these are drawn by their
 * frequencies in its training, `labels.npy` (int32, [count]) has them, and the picture has a row for each.
 */
export async function runSample(context: StageContext<'sample'>): Promise<void> {
  const { fields, inputs, output, signal } = context;
  const { seed, count } = fields;
  await loadBackend(context.backend, fields.threads);
  const { network, weights, step, vocabulary, classes } = await loadGenerator(
    inputs.model.directory,
    'end',
    fields.weights,
  );
  const drawn = classes && drawnClasses(classes, count, { seed, purpose: 'classes/sample' });
  const samples = await sampleGenerator(network, weights, {
    noise: { seed, purpose: 'latent/sample' },
    count,
    ...(drawn && { classes: drawn }),
    signal,
  });
  const { shape, values } = samples;
  const labels = drawn?.labels.slice(0, count);
  if (vocabulary !== undefined) {
    const sequences = likeliest(values, shape);
    const array = { shape: [count, sequences.length], data: sequences.tokens };
    await writeFile(join(output, 'samples.npy'), encodeNpy(array));
    await tellSamples(context, { name: 'samples', step, file: 'samples.txt' }, textOf(sequences, vocabulary));
    return;
  }
  await writeFile(join(output, 'samples.npy'), encodeNpy({ shape: [count, ...shape], data: values }));
  if (labels) await writeFile(join(output, 'labels.npy'), encodeNpy({ shape: [count], data: labels }));
  const pictured = shape.length === 1 ? count : Math.min(count, picturedImages);
  const size = values.length / count;
  const picture = await samplesPicture({
    shape,
    count: pictured,
    values: values.subarray(0, pictured * size),
    ...(labels && { labels: labels.subarray(0, pictured) }),
  });
  await tellSamples(context, { name: 'samples', step, file: 'samples.png' }, picture);
}
