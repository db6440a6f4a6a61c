import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { quoted, quotedList } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import type { PositionedNode } from '../../source/document.js';
import { entryOf, textOf, valueOf } from '../../source/entries.js';
import { collectedAxes } from '../collected-axes.js';
import type { VariantsContext, VariantsRule } from './variants-rule.js';
import { declarationsOf, effectOf } from './variants-rule.js';

/**
 * A stage that collects axes is one stage for all variants along them, and so says the same in all of these: an arm
 * cannot change the table that it is a row of.
 */
export const uniformCollector: VariantsRule = (context) => {
  const names = new Set(context.variants.flatMap(({ root }) => [...declarationsOf(root, 'stages').keys()]));
  return [...names].flatMap((name) => differing(context, name) ?? []);
};

function differing({ variants, stageAxes }: VariantsContext, name: string): Diagnostic | undefined {
  const collecting = [...variants.entries()].flatMap(([index, { axes, root }]) => {
    const stage = declarationsOf(root, 'stages').get(name);
    const across = stage ? acrossOf(stage) : [];
    return stage && across.length > 0 ? [{ index, axes, stage, across }] : [];
  });
  const [first] = collecting;
  if (!first) return undefined;
  const matter = stageAxes.thatMatter(
    collecting.map(({ index }) => index),
    collecting.map(({ stage }) => effectOf(stage)),
  );
  const collected = collectedAxes(first.across, first.axes);
  const along = matter.filter((axis) => collected.has(axis));
  if (along.length === 0) return undefined;
  const other = collecting.find(({ stage }) => effectOf(stage) !== effectOf(first.stage));
  return error('collector-varies', {
    at: entryOf(first.stage, 'across')?.keyRange ?? first.stage.range,
    message: `${quoted(name)} collects ${quotedList(along, 'and')}, and yet is another stage along it`,
    notes: other
      ? [{ message: 'it is written otherwise here', range: differenceAt(first.stage, other.stage) }]
      : [],
    help: 'let arms and the matrix change the stages that it reads, and not the collecting stage itself',
  });
}

/** Where the second says something else than the first. */
function differenceAt(one: PositionedNode, other: PositionedNode) {
  const entries = other.kind === 'map' ? other.entries : [];
  const changed = entries.find(({ key, value }) => effectOf(valueOf(one, key)) !== effectOf(value));
  return changed?.value.range ?? other.range;
}

function acrossOf(stage: PositionedNode): readonly string[] {
  const across = valueOf(stage, 'across');
  return across?.kind === 'list' ? across.items.flatMap((item) => textOf(item) ?? []) : [];
}
