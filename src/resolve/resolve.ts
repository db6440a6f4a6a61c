import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { inOrder } from '../diagnostics/in-order.js';
import type { SourceText } from '../diagnostics/range.js';
import type { PositionedDocument, PositionedMap } from '../source/document.js';
import { plainValue, recordedValue } from '../source/plain-value.js';
import { checkSchema } from '../spec/check-schema.js';
import { checkedPipeline } from '../spec/checked.js';
import type { PipelineSpec } from '../spec/pipeline.js';
import { referencesOf } from '../spec/references.js';
import { checkRules } from '../spec/rules/index.js';
import { expandShorthands } from '../spec/shorthands.js';
import { applyDefaults } from './apply-defaults.js';
import { compose } from './compose.js';
import type { Environment } from './environment.js';
import type { Experiment } from './experiment.js';
import { applyOverrides } from './overrides.js';
import { placePaths } from './place-paths.js';
import type { ReadSource } from './read-source.js';
import { substitute } from './substitute.js';

export interface ResolvedPipeline {
  /** At least one. */
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
  const substituted = substitute(overridden.root, environment);
  // What a variable stands for may be a short form, too.
  const canonical = expandShorthands(substituted.root);
  const placed = placePaths(applyDefaults(canonical.root));
  const verdict = checkSchema(placed.root);
  const checked = checkedPipeline(placed.root, verdict.faults);

  const beforeRules = [composed, overridden, substituted, canonical, placed, verdict].flatMap(
    (phase) => phase.problems,
  );
  const findings = checkRules(
    {
      ...checked,
      references: referencesOf(checked),
      variables: { declared: variablesOf(overridden.root), used: substituted.usedVariables },
    },
    beforeRules,
  );
  const problems = inOrder([...beforeRules, ...findings]);
  return problems.some(({ severity }) => severity === 'error')
    ? err(problems)
    : ok({ experiments: [experiment(placed.root)], warnings: problems });
}

/** Made only here, where the schema and the rules have found no error. */
function experiment(origins: PositionedMap): Experiment {
  return {
    spec: plainValue(origins) as unknown as PipelineSpec,
    displaySpec: recordedValue(origins) as unknown as PipelineSpec,
    origins,
  };
}

function variablesOf(root: PositionedMap) {
  const declared = root.entries.find(({ key }) => key === 'vars')?.value;
  return declared?.kind === 'map' ? declared.entries : [];
}
