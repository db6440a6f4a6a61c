import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { quoted } from '../diagnostics/printable.js';
import { error } from '../diagnostics/problem.js';
import type { Assignment } from './assign.js';
import type { AxisValue } from './axes.js';
import { axisValue, distinct } from './axis.js';
import { pathText, stepsOf } from './document-path.js';
import type { Sweep } from './overrides.js';

/** One value of a sweep: where it stands on its axis, and what it assigns. */
export interface SweepPoint {
  readonly axis: string;
  readonly label: AxisValue;
  readonly assignment: Assignment;
}

export interface SweepAxis {
  readonly points: readonly SweepPoint[];
}

/**
 * The axes of `-S path=a,b`. Each is named by the end of its path, as much of it as tells it apart from other axes:
 * `clip`, or `train.clip` where there is another `clip`.
 */
export function sweepAxes(
  sweeps: readonly Sweep[],
  axes: readonly string[],
  problems: Diagnostic[],
): readonly SweepAxis[] {
  const taken = new Set(['arm', 'seed', 'matrix', ...axes]);
  return sweeps.map(({ path, assignments }) => {
    const steps = stepsOf(path);
    const names = steps
      .map((_step, index) => steps.slice(steps.length - 1 - index))
      .filter(([first]) => typeof first === 'string')
      .map(pathText);
    const name = names.find((candidate) => !taken.has(candidate));
    if (name === undefined) {
      problems.push(
        error('duplicate-cell', {
          at: path.range,
          message: `${quoted(pathText(steps))} is an axis of the file already`,
          help: steps[0] === 'seed' ? 'write `seeds=[0, 1, 2]`' : 'give each path its values once',
        }),
      );
      return { points: [] };
    }
    taken.add(name);
    const help = 'commas separate the values of a sweep; put a text with commas in quotes';
    const points = assignments.flatMap((assignment) => {
      const point = axisValue(name, assignment.value, problems, help);
      return point ? [{ ...point, axis: name, assignment }] : [];
    });
    return { points: distinct(name, points, problems) };
  });
}
