import { err, ok, type Result } from '../../base/result.js';
import { plural } from '../../base/format.js';
import { nearest } from '../../base/suggest.js';
import { stageName } from '../../plan/stage-name.js';
import type { PlannedStage } from '../../plan/types.js';

/** What is wrong with the name of a cell, and what probably was meant. */
export interface UnknownCell {
  readonly message: string;
  readonly help: string;
}

/**
 * The stage that a name means: `train@clip=0.1,seed=2`, its axes in any order; or `train` where that has one cell.
 */
export function findCell<Stage extends Pick<PlannedStage, 'id' | 'axes'>>(
  name: string,
  stages: readonly Stage[],
): Result<Stage, UnknownCell> {
  const exact = stages.find(({ id }) => id === name);
  if (exact) return ok(exact);
  const [wantedStage = '', axes] = name.split('@');
  const cells = stages.filter(({ id }) => stageName(id) === wantedStage);
  const [only] = cells;
  if (cells.length === 1 && only && axes === undefined) return ok(only);
  const wanted = sortedAxes(axes ?? '');
  const same = cells.find(({ id }) => sortedAxes(id.split('@')[1] ?? '') === wanted);
  if (same) return ok(same);
  if (cells.length > 1 && axes === undefined) {
    return err({
      message: `${wantedStage} has ${plural(cells.length, 'cell')}`,
      help: `name one of them, as in ${only?.id ?? ''}`,
    });
  }
  const near =
    nearest(
      name,
      (cells.length > 0 ? cells : stages).map(({ id }) => id),
    ) ?? nearest(wantedStage, [...new Set(stages.map(({ id }) => stageName(id)))]);
  return err({
    message: `there is no stage ${name} in this plan`,
    help: near === undefined ? '`wassermill plan` lists the stages' : `did you mean ${near}?`,
  });
}

function sortedAxes(axes: string): string {
  return axes.split(',').sort().join();
}
