import { err, ok, type Result } from '../base/result.js';

/** A set of samples of one shape, flattened: sample after sample in `values`, `count` times `dimensions`. */
export interface Samples {
  readonly count: number;
  readonly dimensions: number;
  readonly values: Float32Array | Float64Array;
}

/** Why there is no number. A metric of unusable samples is refused, never NaN and never a guess. */
export interface MetricRefusal {
  /** What is wrong and where, in one sentence without a full stop. */
  readonly message: string;
  readonly help: string;
}

/**
 * The two sets, if a distance between them has a meaning: none empty, all finite, of the same dimensions, and
 * the reference not one point repeated. A generator that collapsed to one point *is* measured: that is the
 * finding, whereas data without any spread are a mistake in the data.
 */
export function comparable(generated: Samples, reference: Samples): Result<undefined, MetricRefusal> {
  const usable = finite(generated, 'generated');
  if (!usable.ok) return usable;
  const known = finite(reference, 'reference');
  if (!known.ok) return known;
  if (generated.dimensions !== reference.dimensions) {
    return err({
      message: `generated samples have ${generated.dimensions} components, reference samples ${reference.dimensions}`,
      help: 'Compare with a split of the dataset that the generator was trained on, or one of the same shape.',
    });
  }
  if (reference.count > 1 && isConstant(reference)) {
    return err({
      message: `all ${reference.count} reference samples are equal`,
      help: 'Look at the dataset: a distance to a single point says nothing about a distribution.',
    });
  }
  return ok(undefined);
}

/** The set, if it has samples and every component of them is a finite number. */
export function finite(samples: Samples, role: 'generated' | 'reference'): Result<undefined, MetricRefusal> {
  const { count, dimensions, values } = samples;
  if (count === 0 || dimensions === 0) {
    return err({ message: `there are no ${role} samples`, help: 'Ask for at least one sample.' });
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad === -1) return ok(undefined);
  const place = `component ${bad % dimensions} of ${role} sample ${Math.floor(bad / dimensions)}`;
  return err({ message: `${place} is ${values[bad] ?? Number.NaN}`, help: helpOf[role] });
}

const helpOf = {
  generated:
    'The generator diverged: lower the learning rate or the clip range, or measure an earlier snapshot.',
  reference: 'Look at the dataset: its samples must be finite numbers.',
} as const;

/** Of a feature that is no finite number. */
export function featureProblem(
  role: 'generated' | 'reference',
  {
    sample,
    component,
    value,
  }: { readonly sample: number; readonly component: number; readonly value: number },
): MetricRefusal {
  return { message: `feature ${component} of ${role} sample ${sample} is ${value}`, help: helpOf[role] };
}

function isConstant({ dimensions, values }: Samples): boolean {
  return values.every((value, index) => value === values[index % dimensions]);
}
