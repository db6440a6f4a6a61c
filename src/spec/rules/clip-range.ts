import { error } from '../../diagnostics/problem.js';
import { valueOf } from '../../source/entries.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * The clip range runs from a negative lower bound to a positive upper one. A range that leaves out zero, or is
 * empty, would hold every weight of the critic away from where it can be trained.
 */
export const clipRange: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    if (fields.lipschitz?.type !== 'clip') return [];
    const ofLayers = Object.entries(fields.lipschitz.layers).flatMap(([layer, [low, high]]) =>
      low < 0 && high > 0
        ? []
        : [
            error('clip-range', {
              at: fieldRange(declaration, 'lipschitz', 'layers', layer),
              message: `the clip range must run from below 0 to above 0, but it runs from ${low} to ${high}`,
              help: 'write [-0.01, 0.01], for example',
            }),
          ],
    );
    const [low, high] = fields.lipschitz.range;
    if (low < 0 && high > 0) return ofLayers;
    const range = valueOf(valueOf(declaration.node, 'lipschitz'), 'range');
    const writtenAsOne =
      range?.kind === 'list' && range.items[0]?.range.start === range.items[1]?.range.start;
    return [
      ...ofLayers,
      error('clip-range', {
        at: fieldRange(declaration, 'lipschitz', 'range'),
        message: writtenAsOne
          ? `the clip value must be more than 0, but it is ${high}`
          : `the clip range must run from below 0 to above 0, but it runs from ${low} to ${high}`,
        help:
          low > high && low > 0 && high < 0 ? `write [${high}, ${low}]` : 'write `clip: 0.01`, for example',
      }),
    ];
  });
