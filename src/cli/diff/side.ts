import type { JsonObject } from '../../base/json.js';
import { err, ok, type Result } from '../../base/result.js';
import { digestBytes } from '../../base/digest.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { planExperiments } from '../../plan/plan.js';
import type { DeclaredStage } from '../../plan/stage-differences.js';
import type { PlanningWorld } from '../../plan/world.js';
import { axesName, type Axes, type AxisValue } from '../../resolve/axes.js';
import type { Experiment } from '../../resolve/experiment.js';
import { nodeAt } from '../../source/node-at.js';
import { originOf } from '../../source/print-origins.js';
import { noBaselines } from '../baselines.js';
import { chooseVariant } from '../choose-variant.js';
import { loadPipeline } from '../load-pipeline.js';
import { thisInstallation } from '../planning.js';
import type { Surroundings } from '../surroundings.js';

/** One of two pipelines that are compared. Paths are as they were written. */
export interface Side {
  readonly name: string;
  /** Where the specification stands among the variants: empty without axes; undefined where it is the first. */
  readonly variant: Axes | undefined;
  readonly axes: Readonly<Record<string, readonly AxisValue[]>>;
  /** The canonical specification of that variant. */
  readonly specification: JsonObject;
  /** As in `mnist.yaml:12`; undefined where there is no file. */
  readonly placeOf: (path: readonly string[]) => string | undefined;
  /** Those of all variants. */
  readonly stages: readonly DeclaredStage[];
}

/** Why there is no side: problems of a file, or what else to print. */
export type SideProblem = { readonly diagnostics: readonly Diagnostic[] } | { readonly text: string };

/** Which variant of a file is looked at. */
export interface VariantChoice {
  /** As in `arm=penalty,seed=1`. */
  readonly asked: string | undefined;
  /** Where nothing is asked for, the one that stands here, if there is one. */
  readonly like: Axes;
}

/** A pipeline file, without its data and without the environment variables that say where they lie. */
export async function sideOfFile(
  file: string,
  choice: VariantChoice,
  surroundings: Surroundings,
): Promise<Result<Side, SideProblem>> {
  const environment = withEveryVariable(surroundings.environment);
  const loaded = await loadPipeline(file, [], { ...surroundings, environment });
  return loaded.ok
    ? sideOfExperiments(file, loaded.value.experiments, choice, thisInstallation('cpu'))
    : err({ diagnostics: loaded.error });
}

/** The variants of a file that is read already. */
export async function sideOfExperiments(
  name: string,
  experiments: readonly Experiment[],
  choice: VariantChoice,
  installation: Omit<PlanningWorld, 'digestSource' | 'readBaseline'>,
): Promise<Result<Side, SideProblem>> {
  const chosen = choose(experiments, choice);
  if (!chosen.ok) return err({ text: `error: ${name}: ${chosen.error}\n` });
  const { axes, displaySpec, origins } = chosen.value;

  const asWritten = experiments.map((experiment) => ({ ...experiment, spec: experiment.displaySpec }));
  const planned = await planExperiments(asWritten, {
    ...installation,
    // Nobody looks at the keys.
    digestSource: ({ path }) => Promise.resolve(ok(digestBytes(path))),
    readBaseline: noBaselines,
  });
  if (!planned.ok) return err({ diagnostics: planned.error });
  const { plan } = planned.value;
  return ok({
    name,
    variant: axes,
    axes: plan.axes ?? {},
    specification: displaySpec,
    placeOf: (path) => {
      const node = nodeAt(origins, path);
      return node && originOf(node);
    },
    // Without keys, which say nothing here.
    stages: plan.stages.map(({ id, kind, fields, inputs }) => ({ id, kind, fields, inputs })),
  });
}

function choose(
  experiments: readonly Experiment[],
  { asked, like }: VariantChoice,
): Result<Experiment, string> {
  const alike = experiments.find(({ axes }) => axesName(axes) === axesName(like));
  return asked === undefined && alike ? ok(alike) : chooseVariant(experiments, asked);
}

/** Paths are compared as they are written, so that a variable which is not set may have any value. */
function withEveryVariable(environment: Surroundings['environment']): Surroundings['environment'] {
  return new Proxy(
    { ...environment },
    {
      get: (known, name) => (Reflect.get(known, name) as string | undefined) ?? String(name),
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: '', writable: true }),
    },
  );
}
