import { canonicalJson } from '../base/canonical-json.js';
import { required } from '../base/invariant.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { Experiment } from '../resolve/experiment.js';
import { nodeAt } from '../source/node-at.js';
import type { Assertion } from '../spec/assertions.js';
import type { BaselineSpec } from '../spec/baseline.js';
import type { BaselineRun, PlannedAssertion } from '../spec/fields.js';
import type { PositionedMap } from '../source/document.js';
import type { BaselineFault, ReadBaseline } from './world.js';

/** What the baselines of a file came to. */
export class Baselines {
  readonly #runs: ReadonlyMap<string, readonly BaselineRun[]>;

  constructor(runs: ReadonlyMap<string, readonly BaselineRun[]>) {
    this.#runs = runs;
  }

  /** Every baseline once, or why some cannot be read, each at its place in the file. */
  static async read(
    experiments: readonly Experiment[],
    read: ReadBaseline,
  ): Promise<Result<Baselines, readonly Diagnostic[]>> {
    const runs = new Map<string, readonly BaselineRun[]>();
    const problems = new Map<string, Diagnostic>();
    // Variants share most of their stages.
    const seen = new Set<object>();
    for (const { spec, origins } of experiments) {
      for (const [name, stage] of Object.entries(spec.stages)) {
        if ((stage.type !== 'gate' && stage.type !== 'claim') || seen.has(stage)) continue;
        seen.add(stage);
        for (const [index, { metric, baseline }] of stage.assert.entries()) {
          if (baseline === undefined) continue;
          const identity = identityOf(baseline, metric);
          if (runs.has(identity) || problems.has(identity)) continue;
          const found = await read(baseline, metric);
          if (found.ok) runs.set(identity, found.value);
          else {
            const path = ['stages', name, 'assert', index, 'baseline'];
            problems.set(identity, diagnosticOf(origins, path, found.error));
          }
        }
      }
    }
    return problems.size > 0 ? err([...problems.values()]) : ok(new Baselines(runs));
  }

  /** The assertion with its past runs. */
  planned({ baseline, ...assertion }: Assertion): PlannedAssertion {
    if (baseline === undefined) return assertion;
    const runs = required(this.#runs.get(identityOf(baseline, assertion.metric)), 'runs of a baseline');
    return { ...assertion, baseline: { ...baseline, runs } };
  }
}

/** Baselines are what a frozen plan says of them, whatever the server has by now. */
export function frozenBaselines(assertions: readonly PlannedAssertion[], read: ReadBaseline): ReadBaseline {
  const frozen = new Map(
    assertions.flatMap(({ metric, baseline }) => {
      if (baseline === undefined) return [];
      const { runs, ...spec } = baseline;
      return [[identityOf(spec, metric), runs] as const];
    }),
  );
  return async (baseline, metric) => {
    const runs = frozen.get(identityOf(baseline, metric));
    return runs === undefined ? read(baseline, metric) : ok(runs);
  };
}

function identityOf(baseline: BaselineSpec, metric: string): string {
  return canonicalJson({ baseline, metric });
}

function diagnosticOf(
  origins: PositionedMap,
  path: readonly (string | number)[],
  { field, message, help }: BaselineFault,
): Diagnostic {
  const range = (nodeAt(origins, [...path, ...field]) ?? nodeAt(origins, path))?.range;
  return {
    code: 'baseline-unreadable',
    severity: 'error',
    message,
    ...(range && { range }),
    notes: [],
    help,
  };
}
