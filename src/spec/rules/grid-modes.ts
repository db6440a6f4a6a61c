import { error } from '../../diagnostics/problem.js';
import { fieldRange, type Rule } from './rule.js';

/** A grid has as many rows as columns, so its number of modes is a square. */
export const gridModes: Rule = (context) =>
  [...context.datasets.values()].flatMap((declaration) => {
    const { fields } = declaration;
    if (fields?.type !== 'gaussian_mixture' || fields.layout !== 'grid' || fields.modes === undefined)
      return [];
    const side = Math.max(1, Math.round(Math.sqrt(fields.modes)));
    if (side ** 2 === fields.modes) return [];
    return [
      error('grid-modes', {
        at: fieldRange(declaration, 'modes'),
        message: `a grid needs a square number of modes, but ${fields.modes} is not one`,
        help: `write ${side ** 2}, for a grid of ${side} by ${side}, or \`layout: ring\``,
      }),
    ];
  });
