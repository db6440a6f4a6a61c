import { formatCount, plural } from '../base/format.js';
import { required } from '../base/invariant.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import type { Samples } from '../metrics/samples.js';
import type { Sequences } from '../metrics/sequences.js';
import type { GeneratedSamples } from '../tensor/sampling.js';
import { readDatasetManifest, readSplit, type SampleSet, type Text } from './dataset-artifact.js';
import { sameVocabulary } from './datasets/vocabulary.js';
import { measure } from './measure.js';
import { measureText } from './measure-text.js';
import type { ModelManifest } from './model-artifact.js';
import { likeliest } from './texts.js';

type Context = Pick<StageContext<'evaluate'>, 'fields' | 'inputs' | 'emit'>;

/** The values of all metrics of generated samples, by name. */
export type Ruler = (generated: GeneratedSamples) => Readonly<Record<string, number>>;

/**
 * What samples of a model are held against: the first of the reference split, which is in random order already.
 *
 * @throws StageProblem where the reference holds other samples than the model makes.
 */
export async function readRuler(
  context: Context,
  model: Pick<ModelManifest, 'shape' | 'vocabulary'>,
): Promise<Ruler> {
  const { fields, inputs, emit } = context;
  const { directory, split } = inputs.reference;
  const name = required(split, 'the split to compare with');
  const { mixture } = await readDatasetManifest(directory);
  const set = await readSplit(directory, name);
  refuseOther(set, model);
  const count = Math.min(fields.samples, set.count);
  if (count < fields.samples) {
    emit({
      type: 'note',
      message: `The reference ${name} has ${plural(count, 'sample')}: ${formatCount(fields.samples)} generated ones are compared with these.`,
    });
  }
  const { metrics } = fields;
  const others = await readOthers(context);
  if (set.text !== undefined) {
    const sequences = firstSequences(set.text, count);
    const against = mapped(others, ({ text }) => required(text, 'a text'));
    return ({ values, shape }) => measureText(metrics, likeliest(values, shape), { sequences, against });
  }
  const reference = { samples: firstOf(set, count), mixture, against: mapped(others, wholeOf) };
  return ({ count: made, values }) =>
    measure(metrics, { count: made, dimensions: values.length / made, values }, reference);
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
}: Pick<Context, 'fields' | 'inputs'>): Promise<ReadonlyMap<string, SampleSet>> {
  const others = new Map<string, SampleSet>();
  for (const [name, { type }] of Object.entries(fields.metrics)) {
    if (type !== 'nearest_neighbour') continue;
    const { directory, split } = required(inputs[`against.${name}`], `the input of ${name}`);
    others.set(name, await readSplit(directory, required(split, 'the split to compare with')));
  }
  return others;
}

function mapped<A, B>(values: ReadonlyMap<string, A>, change: (value: A) => B): ReadonlyMap<string, B> {
  return new Map([...values].map(([name, value]) => [name, change(value)]));
}

function wholeOf(set: SampleSet): Samples {
  return firstOf(set, set.count);
}

function firstOf(set: SampleSet, count: number): Samples {
  const values = set.gather(Int32Array.from({ length: count }, (_, index) => index));
  return { count, dimensions: values.length / count, values };
}

function firstSequences({ length, tokens }: Text, count: number): Sequences {
  return { count, length, tokens: tokens.subarray(0, count * length) };
}

function sizes(shape: readonly number[]): string {
  return shape.length === 1 ? plural(shape[0] ?? 0, 'component') : shape.join(' x ');
}
