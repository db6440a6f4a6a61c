import { required } from '../base/invariant.js';
import type { Axes } from './axes.js';

/** One label for each variant: variants with equal labels are alike. */
type Labels = readonly number[];

/**
 * Which axes make a difference to a stage. Built once for the variants of a file, asked for each stage.
 *
 * An axis matters if without it the others do not tell what the stage is. Axes that change together (`zip`) matter
 * together.
 */
export class StageAxes {
  private readonly axes: readonly { readonly name: string; readonly labels: Labels }[];
  /** Names of axes that go together, in the order of the file. */
  private readonly groups: readonly (readonly string[])[];

  constructor(variants: readonly Axes[]) {
    const names = [...new Set(variants.flatMap((axes) => Object.keys(axes)))];
    this.axes = names
      .map((name) => ({ name, labels: labelsOf(variants.map((axes) => axes[name])) }))
      .filter(({ labels }) => labels.some((label) => label !== 0));
    this.groups = this.grouped();
  }

  /**
   * The names of the axes that matter.
   * @param variants Indices of the variants that have the stage.
   * @param stages For each of them what the stage is there.
   */
  thatMatter(variants: readonly number[], stages: readonly unknown[]): readonly string[] {
    const is = labelsOf(stages);
    if (!is.some((label) => label !== 0)) return [];
    // The last axes change fastest, and are the first to be found of no account.
    const groups = this.groups.toReversed().reduce((kept, group) => {
      const others = kept.filter((other) => other !== group);
      return isDetermined(is, this.labels(others.flat(), variants)) ? others : kept;
    }, this.groups);
    return groups.flat();
  }

  private grouped(): readonly (readonly string[])[] {
    const groups: { readonly names: string[]; readonly labels: Labels }[] = [];
    for (const { name, labels } of this.axes) {
      const alike = groups.find(
        (group) => isDetermined(group.labels, labels) && isDetermined(labels, group.labels),
      );
      if (alike) alike.names.push(name);
      else groups.push({ names: [name], labels });
    }
    return groups.map(({ names }) => names);
  }

  /** Labels of the variants by their place on these axes. */
  private labels(names: readonly string[], variants: readonly number[]): Labels {
    const axes = this.axes.filter(({ name }) => names.includes(name));
    return axes.reduce<Labels>(
      (before, { labels }) =>
        labelsOf(
          variants.map((variant, index) => {
            const label = required(labels[variant], 'label of a variant');
            return required(before[index], 'label of a variant') * labels.length + label;
          }),
        ),
      variants.map(() => 0),
    );
  }
}

/** Whether equal labels of `by` always have equal labels. */
function isDetermined(labels: Labels, by: Labels): boolean {
  const known = new Map<number, number>();
  return labels.every((label, index) => {
    const key = required(by[index], 'label of a variant');
    const before = known.get(key);
    if (before === undefined) known.set(key, label);
    return before === undefined || before === label;
  });
}

/** Counted from 0 in the order of first occurrence. */
function labelsOf(values: readonly unknown[]): Labels {
  const labels = new Map<unknown, number>();
  return values.map((value) => {
    const label = labels.get(value) ?? labels.size;
    labels.set(value, label);
    return label;
  });
}
