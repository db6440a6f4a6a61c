import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { inOrder } from '../diagnostics/in-order.js';
import type { SourceText } from '../diagnostics/range.js';
import type { PositionedDocument, PositionedMap } from '../source/document.js';
import { plainValue, recordedValue } from '../source/plain-value.js';
import type { PipelineSpec } from '../spec/pipeline.js';
import type { Axes } from './axes.js';
import { compose } from './compose.js';
import type { Environment } from './environment.js';
import type { Experiment } from './experiment.js';
import { fanOut } from './fan-out.js';
import { applyIgnores } from './ignores.js';
import { applyOverrides } from './overrides.js';
import type { ReadSource } from './read-source.js';
import { checkVariants } from './rules/index.js';
import { VariantProblems } from './variant-problems.js';
import { VariantResolver } from './variant-resolver.js';

export interface ResolvedPipeline {
  /** At least one: one for each variant of the file, in the order of its axes. */
  readonly experiments: readonly Experiment[];
  readonly warnings: readonly Diagnostic[];
}

/** What the language must know beyond the file. It comes in by argument, so that resolving is repeatable. */
export interface ResolveInputs {
  readonly environment: Environment;
  readonly readSource: ReadSource;
  /** The arguments of `-S`, in their order; relative paths in them count from the folder of their `path`. */
  readonly overrides?: readonly SourceText[];
}

export interface MergedPipeline {
  /** Undefined where something that the file extends is not there. */
  readonly root: PositionedMap | undefined;
  readonly problems: readonly Diagnostic[];
}

/** The first phases alone: the document with what it extends, and as the overrides change it. Sweeps are left out. */
export function mergeDocument(document: PositionedDocument, inputs: ResolveInputs): MergedPipeline {
  const composed = compose(document, inputs.readSource);
  if (!composed.isWhole) return { root: undefined, problems: inOrder(composed.problems) };
  const overridden = applyOverrides(composed.root, inputs.overrides ?? []);
  return { root: overridden.root, problems: inOrder([...composed.problems, ...overridden.problems]) };
}

/**
 * From a document to the experiments that it stands for, or to every problem that it has, warnings included.
 * Each phase goes on with what the one before could make of the document, so that one reading tells everything.
 */
export function resolvePipeline(
  document: PositionedDocument,
  { environment, readSource, overrides = [] }: ResolveInputs,
): Result<ResolvedPipeline, readonly Diagnostic[]> {
  const composed = compose(document, readSource);
  // Without what it extends, a file lacks all that it leaves to that.
  if (!composed.isWhole) return err(inOrder(composed.problems));
  const overridden = applyOverrides(composed.root, overrides);
  const fannedOut = fanOut(overridden.root, overridden.sweeps, environment);
  const ofFile = [composed, overridden, fannedOut].flatMap((phase) => phase.problems);

  const resolver = new VariantResolver(environment, fannedOut);
  const found = new VariantProblems();
  const experiments: Experiment[] = [];
  for (const variant of fannedOut.variants) {
    const resolved = resolver.resolve(variant, ofFile);
    found.add(variant.axes, resolved.problems);
    experiments.push(experiment(variant.axes, resolved.root));
    // After so many, others have nothing new to tell, and take their time to tell it.
    if (found.erroneous === enoughErroneous) break;
  }
  const ofVariants = [...ofFile, ...found.told()];
  const areSound = ofVariants.every(({ severity }) => severity !== 'error');
  const ofAll =
    areSound && fannedOut.axes
      ? checkVariants({
          variants: experiments.map(({ axes, origins }) => ({ axes, root: origins })),
          axes: fannedOut.axes,
        })
      : [];
  const told = [...ofVariants, ...withoutTold(ofAll, ofVariants)];
  const isSound = told.every(({ severity }) => severity !== 'error');
  // Errors hide warnings, and overrides take them away.
  const isComplete = isSound && overrides.length === 0;
  const problems = inOrder(applyIgnores(told, { roots: composed.files, isComplete }));
  return isSound ? ok({ experiments, warnings: problems }) : err(problems);
}

const enoughErroneous = 50;

/** What is said at places where nothing was said yet: an axis that nobody refers to has no effect either. */
function withoutTold(found: readonly Diagnostic[], told: readonly Diagnostic[]): readonly Diagnostic[] {
  return found.filter(
    ({ range }) =>
      !told.some((other) => other.range?.source === range?.source && other.range?.start === range?.start),
  );
}

/** Made only here, and given away only where the schema and the rules have found no error. */
function experiment(axes: Axes, origins: PositionedMap): Experiment {
  return {
    axes,
    spec: plainValue(origins) as unknown as PipelineSpec,
    // Of a large sweep, hardly any is shown.
    get displaySpec() {
      return recordedValue(origins) as unknown as PipelineSpec;
    },
    origins,
  };
}
