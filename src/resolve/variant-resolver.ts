import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { PositionedEntry, PositionedMap } from '../source/document.js';
import { valueOf } from '../source/entries.js';
import { checkSchema } from '../spec/check-schema.js';
import { checkedPipeline } from '../spec/checked.js';
import { referencesOf } from '../spec/references.js';
import { checkRules } from '../spec/rules/index.js';
import { BudgetMatcher } from './match-budgets.js';
import { Canonicaliser } from './canonical.js';
import type { Environment } from './environment.js';
import type { FannedOut, Variant } from './fan-out.js';
import { SharedSubstitutions, substitute } from './substitute.js';

/** What the fan-out says of all variants. */
type Known = Pick<FannedOut, 'matrixAxes' | 'match' | 'used' | 'axes'>;

/** Resolves the variants of one file. What they share is worked out once. */
export class VariantResolver {
  private readonly environment: Environment;
  private readonly fannedOut: Known;
  private readonly substitutions = new SharedSubstitutions();
  private readonly canonicaliser = new Canonicaliser();
  private readonly budgets: BudgetMatcher;

  constructor(environment: Environment, fannedOut: Known) {
    this.environment = environment;
    this.budgets = new BudgetMatcher(fannedOut.match);
    this.fannedOut = fannedOut;
  }

  /** @param before What is wrong with the file, whatever the variant. */
  resolve(
    variant: Variant,
    before: readonly Diagnostic[],
  ): { readonly root: PositionedMap; readonly problems: readonly Diagnostic[] } {
    const substituted = substitute(variant, this.environment, this.substitutions);
    const canonical = this.canonicaliser.canonical(substituted.root);
    const matched = this.budgets.match(variant.axes, canonical.root);
    const verdict = checkSchema(matched.root);
    const checked = checkedPipeline(matched.root, verdict.faults);

    const problems = [substituted, canonical, matched, verdict].flatMap((phase) => phase.problems);
    const used = new Set([...this.fannedOut.used, ...substituted.used]);
    const rules = checkRules(
      {
        ...checked,
        references: referencesOf(checked),
        axes: this.fannedOut.axes,
        variables: { declared: variablesOf(variant.root), axes: this.fannedOut.matrixAxes, used },
      },
      [...before, ...problems],
    );
    return { root: matched.root, problems: [...problems, ...rules] };
  }
}

function variablesOf(root: PositionedMap): readonly PositionedEntry[] {
  const declared = valueOf(root, 'vars');
  return declared?.kind === 'map' ? declared.entries : [];
}
