import { error } from '../../diagnostics/problem.js';
import { valueOf } from '../../source/entries.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * The clip range, and that of a layer, runs from a negative lower bound to a positive upper one. A range that leaves out zero, or is
 * empty, would hold every weight of the critic away from where it can be trained.
 */
export const clipRange: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    if (fields.lipschitz?.type !== 'clip') return [];
    const { range, layers } = fields.lipschitz;
    const written = valueOf(valueOf(declaration.node, 'lipschitz'), 'range');
    const isOneNumber =
      written?.kind === 'list' && written.items[0]?.range.start === written.items[1]?.range.start;
    return [
      ...Object.entries(layers).map(([layer, bounds]) => ({
        bounds,
        path: ['layers', layer],
        isOneNumber: false,
      })),
      { bounds: range, path: ['range'], isOneNumber },
    ].flatMap(({ bounds: [low, high], path, isOneNumber }) =>
      low < 0 && high > 0
        ? []
        : error('clip-range', {
            at: fieldRange(declaration, 'lipschitz', ...path),
            message: isOneNumber
              ? `the clip value must be more than 0, but it is ${high}`
              : `the clip range must run from below 0 to above 0, but it runs from ${low} to ${high}`,
            help: low > 0 && high < 0 ? `write [${high}, ${low}]` : 'write `clip: 0.01`, for example',
          }),
    );
  });
