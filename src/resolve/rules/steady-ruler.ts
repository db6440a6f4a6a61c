import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import type { PositionedNode } from '../../source/document.js';
import { entryOf, textOf, valueOf } from '../../source/entries.js';
import { splitName } from '../../spec/references.js';
import type { ResolvedVariant, VariantsContext, VariantsRule } from './variants-rule.js';
import { declarationsOf, effectOf } from './variants-rule.js';

/**
 * What a stage measures with stays the same from seed to seed: the extractor of features, and the split that it
 * compares with. A ruler that moves with the seed puts its own noise into every comparison, and its values are not
 * comparable.
 */
export const steadyRuler: VariantsRule = (context) => {
  const names = new Set(context.variants.flatMap(({ root }) => [...declarationsOf(root, 'stages').keys()]));
  return [...names].flatMap((name) =>
    (['extractor', 'reference'] as const).flatMap((field) => movingRuler(context, name, field) ?? []),
  );
};

function movingRuler(
  { variants, stageAxes }: VariantsContext,
  name: string,
  field: 'extractor' | 'reference',
): Diagnostic | undefined {
  const measuring = [...variants.entries()].flatMap(([index, variant]) => {
    const stage = declarationsOf(variant.root, 'stages').get(name);
    const text = textOf(valueOf(stage, field));
    return stage && textOf(valueOf(stage, 'type')) === 'evaluate' && text !== undefined
      ? [{ index, variant, stage, text }]
      : [];
  });
  const [first] = measuring;
  if (!first) return undefined;
  const rulers = measuring.map(({ variant, text }) => rulerOf(variant, field, text));
  const matter = stageAxes.thatMatter(
    measuring.map(({ index }) => index),
    rulers.map(({ effect }) => effect),
  );
  if (!matter.includes('seed')) return undefined;
  const seed = rulers[0]?.seed;
  const what = field === 'extractor' ? 'the extractor' : 'the split';
  return error('moving-ruler', {
    at: valueOf(first.stage, field)?.range ?? first.stage.range,
    message: `${what} ${quoted(first.text)} is another one for each seed, so that its measurements cannot be compared`,
    notes: seed ? [{ message: 'it follows the seed here', range: seed.range }] : [],
    help: 'give it a seed of its own, as in `seed: 0`; the stages that train follow the pipeline’s',
  });
}

interface Ruler {
  readonly effect: string;
  /** The seed that it has. */
  readonly seed: PositionedNode | undefined;
}

function rulerOf({ root }: ResolvedVariant, field: 'extractor' | 'reference', text: string): Ruler {
  const datasets = declarationsOf(root, 'datasets');
  if (field === 'reference') {
    const dataset = datasets.get(splitName(text).dataset);
    return { effect: text + effectOf(dataset), seed: valueOf(dataset, 'seed') };
  }
  const extractor = declarationsOf(root, 'stages').get(text);
  const learnt = datasets.get(splitName(textOf(valueOf(extractor, 'dataset')) ?? '').dataset);
  const own = entryOf(extractor, 'seed')?.value;
  return {
    effect: effectOf(extractor) + effectOf(learnt),
    seed: own?.inferred === true ? valueOf(learnt, 'seed') : own,
  };
}
