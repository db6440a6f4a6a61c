import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { sampleShape, sideField } from '../sample-shape.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * DCGAN networks work on images, and halve their side down to 4 pixels or to the last whole number above: the side
 * is even, and at least 8. The side of an IDX file without `resize` is known only when the file is read.
 */
export const dcganResolution: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    if (!dataset || !shape) return [];
    const networks = (['generator', 'critic'] as const).flatMap((role) => {
      const network = context.architectures.get(fields[role] ?? '');
      return network?.fields?.type === `dcgan_${role}` ? [{ role, network }] : [];
    });
    if (shape.kind !== 'images') {
      return networks.map(({ role, network }) =>
        error('dcgan-resolution', {
          at: fieldRange(declaration, role),
          message: `${quoted(network.name)} is a DCGAN, which works on images, but ${quoted(dataset.name)} holds ${shape.kind}`,
          notes: [declaredHere(network), declaredHere(dataset)],
          help: `use an architecture of type ${shape.kind === 'points' ? 'mlp' : 'resnet1d'}_${role}`,
        }),
      );
    }
    const { side } = shape;
    if (networks.length === 0 || side === undefined || (side % 2 === 0 && side >= 8)) return [];
    return [
      error('dcgan-resolution', {
        at: fieldRange(dataset, sideField(dataset.fields)),
        message: `a DCGAN halves the sides of its images, and ${side}x${side} pixels cannot be halved to 4 or more`,
        notes: networks.map(({ network }) => ({
          message: `${quoted(network.name)} is a DCGAN`,
          range: network.nameRange,
        })),
        help: `write \`${sideField(dataset.fields)}: 32\`, or another power of two from 8 on`,
      }),
    ];
  });
