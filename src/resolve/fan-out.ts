import type { BudgetUnit } from '../base/budget.js';
import { required } from '../base/invariant.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange } from '../diagnostics/range.js';
import type { PositionedEntry, PositionedMap, PositionedNode } from '../source/document.js';
import { entryOf, textOf, valueOf } from '../source/entries.js';
import { mostVariants } from '../source/limits.js';
import { checkSchema } from '../spec/check-schema.js';
import { fanOutKeys, fanOutSchema } from '../spec/fan-out.js';
import { applyArm, armsOf, type Arm } from './arms.js';
import { assign } from './assign.js';
import type { Axes } from './axes.js';
import { axisValue, distinct, type AxisPoint } from './axis.js';
import type { Environment } from './environment.js';
import { itemsOf, matrixCells, tooMany, type Cell } from './matrix.js';
import type { Sweep } from './overrides.js';
import { axisPlaces, type AxisPlace } from './axis-places.js';
import { sweepAxes, type SweepPoint } from './sweeps.js';
import { substituteEarly, type Template } from './substitute.js';

/** One of the plain pipelines that a file stands for, before its expressions are replaced. */
export interface Variant extends Template {
  readonly axes: Axes;
}

export interface FannedOut {
  /** At least one. Where the fan-out is at fault, the file as it stands, its place in the fan-out unknown. */
  readonly variants: readonly Variant[];
  readonly problems: readonly Diagnostic[];
  /** The axes of the matrix, as they are declared. */
  readonly matrixAxes: readonly PositionedEntry[];
  /** The unit in which every arm gets the budget of the base. */
  readonly match: BudgetUnit | undefined;
  /** All axes, with the names of their values; undefined where the fan-out is at fault. */
  readonly axes: ReadonlyMap<string, AxisPlace> | undefined;
  /** What the fan-out itself refers to. */
  readonly used: ReadonlySet<string>;
}

/** Every variant of the file: arm by cell by seed, the seed changing fastest. */
export function fanOut(root: PositionedMap, sweeps: readonly Sweep[], environment: Environment): FannedOut {
  const plain = { ...root, entries: root.entries.filter(({ key }) => !fanOutKeys.includes(key)) };
  const early = substituteEarly(root, ['seeds', 'matrix'], environment);
  const written = fanOutKeys.flatMap((key) => entryOf(early.root, key) ?? entryOf(root, key) ?? []);
  const declaration: PositionedMap = { ...root, entries: written };
  const problems = [...early.problems, ...checkSchema(declaration, fanOutSchema).problems];
  const given: Given = { plain, declaration, sweeps };
  const variants = problems.length === 0 ? variantsOf(given, problems) : [];
  const isSound = problems.every(({ severity }) => severity === 'warning');
  const axes = entryOf(entryOf(declaration, 'matrix')?.value, 'axes')?.value;
  return {
    variants: isSound && variants.length > 0 ? variants : [unknownVariant(given)],
    problems,
    matrixAxes: axes?.kind === 'map' ? axes.entries : [],
    axes: isSound
      ? axisPlaces(
          variants.map((variant) => variant.axes),
          declaration,
          sweeps,
        )
      : undefined,
    match: isSound ? matchOf(declaration) : undefined,
    used: early.used,
  };
}

function matchOf(declaration: PositionedMap): BudgetUnit | undefined {
  // The schema has found it to be one of the units.
  return textOf(valueOf(valueOf(declaration, 'ablation'), 'match')) as BudgetUnit | undefined;
}

interface Given {
  /** The document without its fan-out. */
  readonly plain: PositionedMap;
  /** The fan-out alone, sound as far as its schema goes. */
  readonly declaration: PositionedMap;
  readonly sweeps: readonly Sweep[];
}

function variantsOf({ plain, declaration, sweeps }: Given, problems: Diagnostic[]): readonly Variant[] {
  const [matrix, ablation, seedList] = ['matrix', 'ablation', 'seeds'].map((key) =>
    entryOf(declaration, key),
  );
  const cells = matrix ? matrixCells(matrix.value, problems) : [[]];
  const arms = ablation ? armsOf(ablation, problems) : [];
  const seeds = seedList ? seedsOf(seedList, plain, problems) : [];
  const swept = sweepAxes(sweeps, cells[0]?.map(({ axis }) => axis) ?? [], problems);
  const combinations = swept.reduce<readonly (readonly SweepPoint[])[]>(
    (all, { points }) => all.flatMap((combination) => points.map((point) => [...combination, point])),
    [[]],
  );
  const count = Math.max(1, arms.length) * cells.length * combinations.length * Math.max(1, seeds.length);
  const [first] = [matrix, ablation, seedList].flatMap((entry) => entry?.keyRange ?? []);
  const at = first ?? plain.range;
  if (count > mostVariants) problems.push(tooMany(count, at));
  if (count === 0 && problems.length === 0) problems.push(nothingLeft(at));
  if (count > mostVariants) return [];

  // Sweeps come before arms, as all of `-S` does.
  const documents = combinations.map((combination) => {
    const document = combination.reduce((changed, point) => assign(changed, point.assignment).root, plain);
    return (arms.length > 0 ? arms : [undefined]).map((arm) => ({
      arm,
      combination,
      document: arm ? applyArm(document, arm, problems) : document,
    }));
  });
  const byArm = (arms.length > 0 ? arms : [undefined]).map((_arm, index) =>
    documents.map((all) => required(all[index], 'the document of an arm')),
  );
  return byArm.flatMap((ofArm) =>
    cells.flatMap((cell) =>
      ofArm.flatMap(({ arm, combination, document }) =>
        (seeds.length > 0 ? seeds : [undefined]).map((seed) =>
          variant(document, { arm, cell, combination, seed, matrix, ablation }),
        ),
      ),
    ),
  );
}

interface Place {
  readonly arm: Arm | undefined;
  readonly cell: Cell;
  readonly combination: readonly SweepPoint[];
  readonly seed: AxisPoint | undefined;
  readonly matrix: PositionedEntry | undefined;
  readonly ablation: PositionedEntry | undefined;
}

function variant(document: PositionedMap, place: Place): Variant {
  const { arm, cell, combination, seed, matrix, ablation } = place;
  const axes: Axes = {
    ...(arm && { arm: arm.name }),
    ...Object.fromEntries([...cell, ...combination].map(({ axis, label }) => [axis, label])),
    ...(seed && { seed: seed.label }),
  };
  const scope: PositionedEntry[] = [];
  if (matrix) {
    const entries = cell.map(({ axis, value }) => ({ key: axis, keyRange: matrix.keyRange, value }));
    scope.push({ ...matrix, value: { kind: 'map', range: matrix.value.range, entries } });
  }
  if (arm && ablation) {
    const value: PositionedNode = { kind: 'scalar', range: arm.nameRange, value: arm.name };
    scope.push({ key: 'arm', keyRange: ablation.keyRange, value });
  }
  if (!seed) return { axes, root: document, scope };
  const seeded = { key: 'seed', keyRange: seed.value.range, value: seed.value };
  return { axes, root: { ...document, entries: [...document.entries, seeded] }, scope };
}

function seedsOf(seeds: PositionedEntry, plain: PositionedMap, problems: Diagnostic[]): readonly AxisPoint[] {
  const single = entryOf(plain, 'seed');
  if (single) {
    problems.push(
      error('seed-and-seeds', {
        at: single.keyRange,
        message: '`seed` and `seeds` both say which seed the stages have',
        notes: [{ message: '`seeds` is written here', range: seeds.keyRange }],
        help: 'keep one of them; `seeds: [0, 1, 2]` runs the file once for each',
      }),
    );
  }
  const points = itemsOf(seeds.value).flatMap((item) => axisValue('seed', item, problems) ?? []);
  return distinct('seed', points, problems);
}

function nothingLeft(at: SourceRange): Diagnostic {
  return error('variant-count', {
    at,
    message: 'nothing is left of the matrix: `exclude` takes out every cell',
    help: 'exclude less',
  });
}

/** The file with its place in the fan-out unknown, so that its other mistakes can be told. */
function unknownVariant({ plain, declaration }: Given): Variant {
  const unknown = (key: string, name: string): readonly PositionedEntry[] => {
    const declared = entryOf(declaration, key);
    if (!declared || entryOf(plain, name)) return [];
    const range = declared.keyRange;
    return [{ key: name, keyRange: range, value: { kind: 'scalar', range, value: null, unresolved: true } }];
  };
  return {
    axes: {},
    root: { ...plain, entries: [...plain.entries, ...unknown('seeds', 'seed')] },
    scope: [...unknown('matrix', 'matrix'), ...unknown('ablation', 'arm')],
  };
}
