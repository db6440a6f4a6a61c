import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { warning } from '../../diagnostics/problem.js';
import type { ResolvedVariant, VariantsContext, VariantsRule } from './variants-rule.js';
import { declarationsOf, effectOf } from './variants-rule.js';

/**
 * An axis makes a difference to some stage, and an arm to the base. One that changes nothing multiplies variants
 * that are all alike: mostly an assignment that says what the file says already, or seeds that no stage follows.
 */
export const axisWithoutEffect: VariantsRule = (context) => {
  const effects = context.variants.map(effectOfVariant);
  const matter = context.stageAxes.thatMatter([...effects.keys()], effects);
  const idle = [...context.axes]
    .filter(([axis, { values }]) => values.size > 1 && !matter.includes(axis))
    .map(([axis, { range }]) =>
      warning('axis-without-effect', {
        at: range,
        message: `no stage differs along the axis ${quoted(axis)}`,
        help:
          axis === 'seed'
            ? 'let a stage follow the seed, or keep one seed'
            : 'refer to it where it is to make a difference, or remove it',
      }),
    );
  return [...idle, ...idleArms(context, effects)];
};

function idleArms({ variants, axes }: VariantsContext, effects: readonly string[]): readonly Diagnostic[] {
  const arms = axes.get('arm');
  if (!arms) return [];
  const place = ({ axes: { arm, ...others } }: ResolvedVariant): string => JSON.stringify(others);
  const base = new Map(
    variants.flatMap((variant, index) =>
      variant.axes['arm'] === 'base' ? [[place(variant), effects[index]] as const] : [],
    ),
  );
  const different = new Set(
    variants.flatMap((variant, index) =>
      base.get(place(variant)) === effects[index] ? [] : [variant.axes['arm']],
    ),
  );
  // Where all are alike, that is told of the axis.
  if (different.size === 0) return [];
  return [...arms.values]
    .filter(([arm]) => arm !== 'base' && !different.has(arm))
    .map(([arm, range]) =>
      warning('axis-without-effect', {
        at: range,
        message: `the arm ${quoted(arm)} is the same as the base`,
        help: 'change in it what it is to study, or remove it',
      }),
    );
}

function effectOfVariant({ root }: ResolvedVariant): string {
  return ['datasets', 'architectures', 'stages']
    .flatMap((section) => [...declarationsOf(root, section)].map(([name, node]) => name + effectOf(node)))
    .join('\n');
}
