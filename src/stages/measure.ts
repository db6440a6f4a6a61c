import { RandomStream } from '../base/streams.js';
import { StageProblem } from '../execute/contract.js';
import { analyticDistances } from '../metrics/analytic-distances.js';
import { nearestDistances } from '../metrics/copies.js';
import { densityCoverage } from '../metrics/density-coverage.js';
import { energyDistance } from '../metrics/energy-distance.js';
import { exactWasserstein } from '../metrics/exact-wasserstein.js';
import { cubicKernel, gaussianKernel, type Kernel } from '../metrics/kernels.js';
import { maxSlicedWasserstein } from '../metrics/max-sliced-wasserstein.js';
import { inPairs, medianDistance, squaredMmd } from '../metrics/mmd.js';
import { modesCovered, type Mixture } from '../metrics/modes-covered.js';
import { multiscaleSimilarity } from '../metrics/multiscale-similarity.js';
import { nearestNeighbourTest } from '../metrics/nearest-neighbour-test.js';
import { precisionRecall } from '../metrics/precision-recall.js';
import type { Samples } from '../metrics/samples.js';
import { sinkhornDivergence } from '../metrics/sinkhorn.js';
import { slicedWasserstein, unitDirections } from '../metrics/sliced-wasserstein.js';
import { type ImageSize, spectrumDistance } from '../metrics/spectrum-distance.js';
import { pieces } from '../metrics/subsets.js';
import type { RunnableMetrics } from '../spec/runnable.js';
import type { Measurable } from './measurable.js';
import { type FeatureMetric, featureValues, isOfFeatures } from './measure-features.js';
import { known, rulerSeed, valued } from './metric-values.js';
import type { Once } from './once.js';

/** What generated samples are compared with. */
export interface Reference extends Measurable {
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Where the data were drawn from one. */
  readonly mixture: Mixture | undefined;
  /** For metrics that compare with another split, too: all of it, by the metric's name. */
  readonly against: ReadonlyMap<string, Measurable>;
}

/**
 * The values of all metrics, by metric name; those with several values add parts behind a dot, as in
 * `modes.total_variation`.
 *
 * @param once Finds what is said of the reference alone, by the metric's name.
 * @throws StageProblem at the metric that has no value for these samples.
 */
export function measure(
  metrics: RunnableMetrics,
  generated: Measurable,
  reference: Reference,
  once: Once,
): Readonly<Record<string, number>> {
  return measured(metrics, (name, metric) =>
    valuesOf(metric, generated, reference, { name, once: (find) => once(name, find) }),
  );
}

/** A metric's name, and what finds what it says of the reference alone. */
interface Named {
  readonly name: string;
  readonly once: (find: () => number) => number;
}

/** Values by name, out of those of each metric by part. */
export function measured(
  metrics: RunnableMetrics,
  partsOf: (name: string, metric: RunnableMetrics[string]) => Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const [name, metric] of Object.entries(metrics)) {
    for (const [part, value] of Object.entries(partsOf(name, metric))) {
      values[part === '' ? name : `${name}.${part}`] = value;
    }
  }
  return values;
}

function valuesOf(
  metric: RunnableMetrics[string],
  generated: Measurable,
  reference: Reference,
  named: Named,
): Readonly<Record<string, number>> {
  const field = ['metrics', named.name];
  if (metric.type === 'analytic_distances') return formulaValues(metric, generated, reference, field);
  return isOfFeatures(metric)
    ? featureValues(metric, generated, reference, field)
    : valuesOfPoints(metric, generated, reference, named);
}

/** Of metrics that need no samples. */
function formulaValues(
  { type }: FormulaMetric,
  generated: Measurable,
  reference: Measurable,
  field: readonly string[],
): Readonly<Record<string, number>> {
  const [ofData, ofGenerator] = [reference.distribution, generated.distribution];
  if (ofData && ofGenerator) return { ...valued(analyticDistances(ofData, ofGenerator), field) };
  throw new StageProblem(
    `${type} needs formulas, and there is none of the ${ofData ? 'generator' : 'reference'}`,
    field,
    'Let a `parallel_line_generator` learn `parallel_lines`, or a `gaussian_generator` a `gaussian`; or use another metric.',
  );
}

type FormulaMetric = Extract<RunnableMetrics[string], { type: 'analytic_distances' }>;

/** Of metrics that compare points, which are samples or features. */
function valuesOfPoints(
  metric: Exclude<RunnableMetrics[string], FeatureMetric | FormulaMetric>,
  ofGenerated: Measurable,
  reference: Reference,
  { name, once }: Named,
): Readonly<Record<string, number>> {
  const field = ['metrics', name];
  const space = 'space' in metric ? metric.space : 'samples';
  const [generated, samples] = [known(ofGenerated[space]), known(reference[space])];
  switch (metric.type) {
    case 'sliced_wasserstein': {
      const directions = rulerDirections(metric.projections, generated.dimensions);
      return { '': valued(slicedWasserstein(generated, samples, directions), field) };
    }
    case 'exact_wasserstein':
      return { '': valued(exactWasserstein(generated, samples, metric.order), field) };
    case 'max_sliced_wasserstein': {
      const directions = rulerDirections(metric.projections, generated.dimensions);
      return { '': valued(maxSlicedWasserstein(generated, samples, directions, metric.steps), field) };
    }
    case 'sinkhorn_divergence':
      return { '': valued(sinkhornDivergence(generated, samples, metric), field) };
    case 'energy_distance':
      return { '': valued(energyDistance(generated, samples), field) };
    case 'spectrum_distance': {
      const size = imageSize(reference, metric.type, field);
      return { '': valued(spectrumDistance(generated, samples, size), field) };
    }
    case 'ms_ssim': {
      const size = imageSize(reference, metric.type, field);
      const likeness = (set: Samples, role: 'generated' | 'reference') =>
        valued(multiscaleSimilarity(set, role, size, pairsOf(set.count, metric.pairs, field)), field);
      return {
        '': likeness(generated, 'generated'),
        of_reference: once(() => likeness(samples, 'reference')),
      };
    }
    case 'mmd':
      valued(inPairs(generated, samples), field);
      return { '': valued(squaredMmd(generated, samples, kernelOf(metric, samples, field)), field) };
    case 'nearest_neighbour_test': {
      const told = valued(nearestNeighbourTest(generated, samples), field);
      return { '': told.accuracy, of_generated: told.ofGenerated, of_reference: told.ofReference };
    }
    case 'nearest_neighbour': {
      const copied = known(reference.against.get(name)?.[space]);
      const near = valued(nearestDistances(generated, samples, copied, once), field);
      return { '': near.generated, of_reference: near.reference };
    }
    case 'precision_recall':
      return { ...valued(precisionRecall(generated, samples, metric.neighbours), field) };
    case 'density_coverage':
      return { ...valued(densityCoverage(generated, samples, metric.neighbours), field) };
    case 'modes_covered': {
      const { mixture } = reference;
      if (mixture === undefined) {
        throw new StageProblem(
          'modes_covered needs to know the modes, and the reference is not a Gaussian mixture',
          field,
          'Compare with a split of a gaussian_mixture dataset, or use another metric.',
        );
      }
      const covered = valued(modesCovered(generated, mixture), field);
      return {
        '': covered.modes,
        high_quality_share: covered.highQualityShare,
        total_variation: covered.totalVariation,
      };
    }
    case 'ngram_js':
      throw new StageProblem(
        'ngram_js counts n-grams of text, and the reference holds none',
        field,
        'Use sliced_wasserstein, which compares any samples but text.',
      );
  }
}

function imageSize({ shape }: Reference, type: string, field: readonly string[]): ImageSize {
  const [height, width, channels] = shape;
  if (height !== undefined && width !== undefined && channels !== undefined) return [height, width, channels];
  throw new StageProblem(
    `${type} compares images, and the reference holds points`,
    field,
    'Use sliced_wasserstein, which compares any samples.',
  );
}

/** The same for sets of equal counts, in every stage, run and seed. */
function pairsOf(samples: number, count: number, field: readonly string[]): readonly Int32Array[] {
  if (samples >= 2)
    return pieces(samples, 2, count, new RandomStream({ seed: rulerSeed, purpose: 'metric/ms_ssim' }));
  throw new StageProblem('one sample has no other to be like', field, 'Set `samples` to 2 and more.');
}

/** The bandwidth's multiples whose Gaussians `multiscale` averages. */
const scales = [1 / 4, 1 / 2, 1, 2, 4];

function kernelOf(
  { kernel, bandwidth }: Extract<RunnableMetrics[string], { type: 'mmd' }>,
  reference: Samples,
  field: readonly string[],
): Kernel {
  if (kernel === 'polynomial') return cubicKernel;
  const width = bandwidth ?? valued(medianDistance(reference), field);
  return gaussianKernel(kernel === 'gaussian' ? [width] : scales.map((scale) => scale * width));
}

/**
 * The same directions in every stage, run and seed: a ruler that moved with the seed would add its own noise to
 * every comparison.
 */
function rulerDirections(count: number, dimensions: number): Float64Array {
  const stream = new RandomStream({ seed: rulerSeed, purpose: 'metric/sliced_wasserstein' });
  return unitDirections(stream.normal(count * dimensions), dimensions);
}
