import { err, ok, type Result } from '../base/result.js';
import type { Layer } from './layers.js';
import { describeShape, sameShape, type SampleShape } from './shape.js';

/** A generator whose distribution is a formula of its weights. */
export type FormulaGenerator =
  | { readonly type: 'parallel_line_generator'; readonly theta: number }
  | { readonly type: 'gaussian_generator'; readonly mean: number; readonly std: number };

/** What each makes: points of so many dimensions. */
export const formulaDimensions = {
  parallel_line_generator: 2,
  gaussian_generator: 1,
} as const satisfies Record<FormulaGenerator['type'], number>;

/** The one layer of a generator of one latent value; or why samples are not of its kind. */
export function formulaLayers(
  options: FormulaGenerator,
  sample: SampleShape,
): Result<readonly Layer[], string> {
  const made = [formulaDimensions[options.type]] as const;
  if (!sameShape(made, sample)) {
    return err(`\`${options.type}\` makes ${describeShape(made)}, and a sample is ${describeShape(sample)}`);
  }
  return ok([
    options.type === 'parallel_line_generator'
      ? { type: 'parallel_line', theta: options.theta }
      : { type: 'location_scale', mean: options.mean, std: options.std },
  ]);
}

export function isFormula<Options extends { readonly type: string }>(
  options: Options,
): options is Extract<Options, { readonly type: FormulaGenerator['type'] }> {
  return Object.hasOwn(formulaDimensions, options.type);
}
