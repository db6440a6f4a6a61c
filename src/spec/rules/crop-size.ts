import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { sampleShape, sideField } from '../sample-shape.js';
import { datasetOf, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * An image that is moved by its whole side is out of view. The side of an IDX file without `resize` is known only when the
 * file is read.
 */
export const cropSize: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const crop = fields.augmentation?.crop;
    const dataset = datasetOf(context, fields.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    if (crop === undefined || !dataset || shape?.kind !== 'images') return [];
    const { side } = shape;
    if (side === undefined || crop < side) return [];
    return [
      error('crop-size', {
        at: fieldRange(declaration, 'augmentation', 'crop'),
        message: `a crop that moves images by up to ${crop} pixels shows nothing of some, as they have ${side}x${side}`,
        notes: [
          {
            message: `${quoted(dataset.name)} has its size here`,
            range: fieldRange(dataset, sideField(dataset.fields)),
          },
        ],
        help: `write \`crop: ${Math.max(1, Math.round(side / 8))}\`, or less than ${side}`,
      }),
    ];
  });
