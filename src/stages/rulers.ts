import { setImmediate as nextTurn } from 'node:timers/promises';

import { formatCount, plural } from '../base/format.js';
import { required } from '../base/invariant.js';
import { sizeOf } from '../base/shape.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import type { Distribution } from '../metrics/distributions.js';
import type { Sequences } from '../metrics/sequences.js';
import { readDatasetManifest, readSplit, type SampleSet, type Text } from './dataset-artifact.js';
import { sameVocabulary } from './datasets/vocabulary.js';
import type { Extractor } from './extractor-contract.js';
import { type Aspect, aspectsOf, isOfSamples, type Measurable, measurableOf } from './measurable.js';
import { measure } from './measure.js';
import { measureText } from './measure-text.js';
import type { ModelManifest } from './model-artifact.js';
import { onlyOnce } from './once.js';
import { openExtractor } from './open-extractor.js';
import { likeliest } from './texts.js';

type Context = Pick<StageContext<'evaluate'>, 'fields' | 'inputs' | 'emit' | 'signal' | 'samples'>;

/** What a generator makes: samples, which come some at a time, and what they are drawn from, where it is known as a formula. */
export interface Generated {
  readonly samples: AsyncIterable<Float32Array>;
  readonly distribution: Distribution | undefined;
  /** The class that each is to be of, where the generator is told it. */
  readonly labels: Int32Array | undefined;
}

/** The values of all metrics, by name. */
export type Ruler = (generated: Generated) => Promise<Readonly<Record<string, number>>>;

/**
 * What samples of a model are held against: the first of the reference split, which is in random order already. A backend
 * must have been loaded.
 *
 * @throws StageProblem where the reference holds other samples than the model makes.
 */
export async function readRuler(
  context: Context,
  model: Pick<ModelManifest, 'shape' | 'vocabulary'>,
): Promise<Ruler> {
  const { fields, inputs, emit, signal } = context;
  const { directory, split } = inputs.reference;
  const name = required(split, 'the split to compare with');
  const { mixture, distribution } = await readDatasetManifest(directory);
  const set = await readSplit(directory, name, context.samples);
  refuseOther(set, model);
  const { metrics } = fields;
  const aspects = aspectsOf(metrics);
  const count = Math.min(fields.samples, set.count);
  if (count < fields.samples && isOfSamples(aspects)) {
    emit({
      type: 'note',
      message: `The reference ${name} has ${plural(count, 'sample')}: ${formatCount(fields.samples)} generated ones are compared with these.`,
    });
  }
  const others = await readOthers(context);
  const once = onlyOnce();
  if (set.text !== undefined) {
    const sequences = firstSequences(set.text, count);
    const against = mapped(others, ({ text }) => required(text, 'a text'));
    return async (generated) => {
      const values = await gathered(generated.samples, fields.samples * sizeOf(model.shape));
      return measureText(metrics, likeliest(values, model.shape), { sequences, against }, once);
    };
  }
  const extractor = inputs.extractor && (await openExtractor(inputs.extractor, model.shape));
  const seen: Seen = { aspects, extractor, signal };
  const reference = {
    ...(await firstOf(set, count, seen)),
    mixture,
    ...(distribution && { distribution }),
    ...(set.labels && { labels: set.labels }),
    shape: set.shape,
    against: await wholeOfOthers(others, metrics, seen),
  };
  return async (generated) => {
    const size = { count: fields.samples, size: sizeOf(model.shape) };
    const measurable = await measurableOf(generated.samples, size, aspects, extractor);
    return measure(
      metrics,
      {
        ...measurable,
        ...(generated.distribution && { distribution: generated.distribution }),
        ...(generated.labels && { labels: generated.labels }),
      },
      reference,
      once,
    );
  };
}

async function gathered(parts: AsyncIterable<Float32Array>, length: number): Promise<Float32Array> {
  const values = new Float32Array(length);
  let filled = 0;
  for await (const part of parts) {
    values.set(part, filled);
    filled += part.length;
  }
  return values;
}

/** How samples are looked at. */
interface Seen {
  readonly aspects: ReadonlySet<Aspect>;
  readonly extractor: Extractor | undefined;
  readonly signal: AbortSignal;
}

async function wholeOfOthers(
  others: ReadonlyMap<string, SampleSet>,
  metrics: Context['fields']['metrics'],
  seen: Seen,
): Promise<ReadonlyMap<string, Measurable>> {
  const whole = new Map<string, Measurable>();
  for (const [name, set] of others) {
    const metric = metrics[name];
    const space = metric?.type === 'nearest_neighbour' ? metric.space : 'samples';
    whole.set(name, await firstOf(set, set.count, { ...seen, aspects: new Set([space]) }));
  }
  return whole;
}

function refuseOther(reference: SampleSet, model: Pick<ModelManifest, 'shape' | 'vocabulary'>): void {
  const help =
    'Compare with a split of the dataset that the generator was trained on, or one of the same shape.';
  const { vocabulary } = model;
  const other = reference.text?.vocabulary;
  if (vocabulary && other && !sameVocabulary(vocabulary, other)) {
    const unknown = other.tokens.find((token) => !vocabulary.tokens.includes(token));
    const why =
      unknown === undefined ? 'numbers its tokens otherwise' : `has the ${other.unit} \`${unknown}\``;
    throw new StageProblem(
      `the generator writes in another vocabulary than the reference, which ${why}`,
      ['reference'],
      'Compare with a split of the dataset that the generator was trained on.',
    );
  }
  if (reference.shape.join() !== model.shape.join()) {
    throw new StageProblem(
      `the generator makes samples of ${sizes(model.shape)}, the reference holds samples of ${sizes(reference.shape)}`,
      ['reference'],
      help,
    );
  }
}

/** The splits that metrics compare with beside the reference, whole: a copy may be of any sample. */
async function readOthers({
  fields,
  inputs,
  samples,
}: Pick<Context, 'fields' | 'inputs' | 'samples'>): Promise<ReadonlyMap<string, SampleSet>> {
  const others = new Map<string, SampleSet>();
  for (const [name, { type }] of Object.entries(fields.metrics)) {
    if (type !== 'nearest_neighbour') continue;
    const { directory, split } = required(inputs[`against.${name}`], `the input of ${name}`);
    others.set(name, await readSplit(directory, required(split, 'the split to compare with'), samples));
  }
  return others;
}

function mapped<A, B>(values: ReadonlyMap<string, A>, change: (value: A) => B): ReadonlyMap<string, B> {
  return new Map([...values].map(([name, value]) => [name, change(value)]));
}

async function firstOf(
  set: SampleSet,
  count: number,
  { aspects, extractor, signal }: Seen,
): Promise<Measurable> {
  const size = { count, size: sizeOf(set.shape) };
  return measurableOf(partsOf(set, count, signal), size, aspects, extractor);
}

const samplesAtOnce = 64;

async function* partsOf(set: SampleSet, count: number, signal: AbortSignal): AsyncGenerator<Float32Array> {
  for (let start = 0; start < count; start += samplesAtOnce) {
    signal.throwIfAborted();
    const length = Math.min(samplesAtOnce, count - start);
    yield set.gather(Int32Array.from({ length }, (_, index) => start + index));
    await nextTurn();
  }
}

function firstSequences({ length, tokens }: Text, count: number): Sequences {
  return { count, length, tokens: tokens.subarray(0, count * length) };
}

function sizes(shape: readonly number[]): string {
  return shape.length === 1 ? plural(shape[0] ?? 0, 'component') : shape.join(' x ');
}
