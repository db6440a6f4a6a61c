import { error } from '../../diagnostics/problem.js';
import { quoted } from '../../diagnostics/printable.js';
import { sampleShape } from '../sample-shape.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/** What augmentation does is defined for images alone. */
export const augmentationImages: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    if (!fields.augmentation || !dataset || !shape || shape.kind === 'images') return [];
    return [
      error('augmentation-images', {
        at: fieldRange(declaration, 'augmentation'),
        message: `augmentation changes images, but ${quoted(dataset.name)} holds ${shape.kind}`,
        notes: [declaredHere(dataset)],
        help: 'take `augmentation` out, or train on images',
      }),
    ];
  });
