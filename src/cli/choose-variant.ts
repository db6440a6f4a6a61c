import { err, ok, type Result } from '../base/result.js';
import { axesName } from '../resolve/axes.js';
import type { Experiment } from '../resolve/experiment.js';

/**
 * The first of a file's variants with the coordinates that are asked for, as in `arm=penalty,seed=1`; the first of all
 * where nothing is asked for. Otherwise a sentence that says how variants are named.
 */
export function chooseVariant(
  experiments: readonly Experiment[],
  variant: string | undefined,
): Result<Experiment, string> {
  const wanted = variant === undefined ? [] : variant.split(',');
  const found = experiments.find(({ axes }) => {
    const here = axesName(axes).split(',');
    return wanted.every((coordinate) => here.includes(coordinate.trim()));
  });
  if (found) return ok(found);
  const axes = experiments[0]?.axes ?? {};
  const such = Object.keys(axes).length === 0 ? 'the file has one' : `they are named like ${axesName(axes)}`;
  return err(`there is no variant ${variant ?? ''}; ${such}`);
}
