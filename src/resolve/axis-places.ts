import { required } from '../base/invariant.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, valueOf } from '../source/entries.js';
import type { Axes } from './axes.js';
import { pathText, stepsOf } from './document-path.js';
import type { Sweep } from './overrides.js';

/** Where an axis and its values were written. */
export interface AxisPlace {
  readonly range: SourceRange;
  /** By the names of the values; of those that have no place of their own, the axis'. */
  readonly values: ReadonlyMap<string, SourceRange>;
}

/** The axes of a file's variants with all their values. `declaration` is the fan-out as it was written. */
export function axisPlaces(
  variants: readonly Axes[],
  declaration: PositionedMap,
  sweeps: readonly Sweep[],
): ReadonlyMap<string, AxisPlace> {
  const labels = new Map<string, Set<string>>();
  for (const axes of variants) {
    for (const [axis, value] of Object.entries(axes)) {
      const known = labels.get(axis);
      if (known) known.add(String(value));
      else labels.set(axis, new Set([String(value)]));
    }
  }
  const ablation = valueOf(declaration, 'ablation');
  return new Map(
    [...labels].map(([axis, names]) => {
      const range = rangeOf(axis, declaration, sweeps);
      const values = [...names].map((name) => {
        const place = axis === 'arm' ? armRange(ablation, name) : undefined;
        return [name, place ?? range] as const;
      });
      return [axis, { range, values: new Map(values) }];
    }),
  );
}

function rangeOf(axis: string, declaration: PositionedMap, sweeps: readonly Sweep[]): SourceRange {
  if (axis === 'arm' || axis === 'seed') {
    const entry = entryOf(declaration, axis === 'arm' ? 'ablation' : 'seeds');
    if (entry) return entry.keyRange;
  }
  const ofMatrix = entryOf(valueOf(valueOf(declaration, 'matrix'), 'axes'), axis);
  const swept = sweeps.find(({ path }) => pathText(stepsOf(path)).endsWith(axis));
  return required(ofMatrix?.keyRange ?? swept?.path.range, `the place of axis ${axis}`);
}

function armRange(ablation: PositionedNode | undefined, name: string): SourceRange | undefined {
  const part = name.replace(/^without_/, '');
  return (
    entryOf(valueOf(ablation, 'arms'), name)?.keyRange ??
    entryOf(valueOf(ablation, 'leave_one_out'), part)?.keyRange
  );
}
