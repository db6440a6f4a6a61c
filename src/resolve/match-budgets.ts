import { budgetIn, type Budget, type BudgetUnit } from '../base/budget.js';
import { criticIterationsIn } from '../base/critic-iterations.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, mapEntries, textOf, valueOf } from '../source/entries.js';
import { plainValue } from '../source/plain-value.js';
import { splitName } from '../spec/references.js';
import { axesName, type Axes } from './axes.js';

export interface Matched {
  readonly root: PositionedMap;
  readonly problems: readonly Diagnostic[];
}

/**
 * Gives the arms of an ablation the budget of the base, counted in one unit (`match: critic_steps`), so that they
 * differ in what they do and not in how long they do it. A train stage that has as much anyway stays as it is.
 */
export class BudgetMatcher {
  private readonly unit: BudgetUnit | undefined;
  /** Documents of the base by their other axes. Base comes before all other arms. */
  private readonly bases = new Map<string, PositionedMap>();

  constructor(unit: BudgetUnit | undefined) {
    this.unit = unit;
  }

  match({ arm, ...others }: Axes, root: PositionedMap): Matched {
    const { unit } = this;
    const place = axesName(others);
    if (arm === 'base') this.bases.set(place, root);
    const base = this.bases.get(place);
    if (!unit || !base || base === root) return { root, problems: [] };
    const problems: Diagnostic[] = [];
    const stages = mapEntries(root, ({ key, value }) => {
      if (key !== 'stages' || value.kind !== 'map') return value;
      return mapEntries(value, (stage) => {
        const model = valueOf(valueOf(base, 'stages'), stage.key);
        if (!isTrain(stage.value) || !isTrain(model)) return stage.value;
        return this.matched({ stage: stage.value, root }, { stage: model, root: base }, unit, problems);
      });
    });
    return { root: stages, problems };
  }

  private matched(
    own: TrainStage,
    base: TrainStage,
    unit: BudgetUnit,
    problems: Diagnostic[],
  ): PositionedNode {
    const budget = entryOf(own.stage, 'budget');
    const model = valueOf(base.stage, 'budget');
    if (!budget || !model || isAlike(own.stage, base.stage)) return own.stage;
    const [amount, target] = [amountOf(own, unit), amountOf(base, unit)];
    if (amount === 'faulty' || target === 'faulty') return own.stage;
    if (amount === 'unknown' || target === 'unknown') {
      problems.push(unknownAmount(unit, budget.value, model));
      return own.stage;
    }
    if (amount === target) return own.stage;
    const { range } = budget.value;
    const value: PositionedNode = { kind: 'scalar', range, value: target, from: model.range };
    const entries = [{ key: unit, keyRange: budget.keyRange, value }];
    const changed: PositionedNode = { kind: 'map', range, from: model.range, entries };
    return mapEntries(own.stage, (entry) => (entry.key === 'budget' ? changed : entry.value));
  }
}

interface TrainStage {
  readonly stage: PositionedMap;
  readonly root: PositionedMap;
}

function isTrain(node: PositionedNode | undefined): node is PositionedMap {
  return node?.kind === 'map' && textOf(valueOf(node, 'type')) === 'train';
}

/** Whether two stages make as many steps, whatever the data is. */
function isAlike(one: PositionedMap, other: PositionedMap): boolean {
  return ['budget', 'batch_size', 'critic_iterations', 'dataset'].every((key) => {
    const [here, there] = [valueOf(one, key), valueOf(other, key)];
    return here && there && JSON.stringify(plainValue(here)) === JSON.stringify(plainValue(there));
  });
}

/** `faulty` where the stage has mistakes, which are reported as such; `unknown` where only the data, the clock or the training tells. */
function amountOf({ stage, root }: TrainStage, unit: BudgetUnit): number | 'faulty' | 'unknown' {
  const iterations = valueOf(stage, 'critic_iterations');
  const criticIterations = iterations && criticIterationsIn(plainValue(iterations));
  const batchSize = numberOf(valueOf(stage, 'batch_size'));
  const budget = valueOf(stage, 'budget');
  const quantity = budget?.kind === 'map' && budget.entries.length === 1 ? budget.entries[0] : undefined;
  const size = numberOf(quantity?.value);
  if (criticIterations === undefined || batchSize === undefined || !quantity || size === undefined)
    return 'faulty';
  if (['seconds', 'minutes', 'hours'].includes(quantity.key)) return 'unknown';
  const samples = splitSize(root, textOf(valueOf(stage, 'dataset')) ?? '');
  const needsSamples = unit === 'epochs' || quantity.key === 'epochs';
  if (needsSamples && samples === undefined) return 'unknown';
  if (needsSamples && (samples ?? 0) < batchSize) return 'faulty';
  const written: Budget = { [quantity.key]: size };
  return isUnit(quantity.key)
    ? (budgetIn(unit, written, { criticIterations, batchSize, samples: samples ?? batchSize }) ?? 'unknown')
    : 'faulty';
}

function isUnit(key: string): key is BudgetUnit {
  return ['generator_steps', 'critic_steps', 'images', 'epochs'].includes(key);
}

function numberOf(node: PositionedNode | undefined): number | undefined {
  const value = node?.kind === 'scalar' ? node.value : undefined;
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : undefined;
}

/** Samples in a split; a share of the data is known only when the data is read. */
function splitSize(root: PositionedMap, reference: string): number | undefined {
  const { dataset, split } = splitName(reference);
  const splits = valueOf(valueOf(valueOf(root, 'datasets'), dataset), 'splits');
  const size = split === undefined ? undefined : numberOf(valueOf(splits, split));
  return size === undefined || size < 1 ? undefined : size;
}

function unknownAmount(unit: BudgetUnit, budget: PositionedNode, model: PositionedNode): Diagnostic {
  return error('match-unknown', {
    at: budget.range,
    message: `how many ${quoted(unit)} this budget comes to depends on the size of the data, which is read later, on the clock, or on the critic`,
    notes: [{ message: 'it is matched with this one', range: model.range }],
    help: 'write splits as numbers of samples, or budgets and `match` in steps or images',
  });
}
