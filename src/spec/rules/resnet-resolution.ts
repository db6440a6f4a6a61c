import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { describeShape, sampleShape, sideField } from '../sample-shape.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * ResNets work on images: those of arXiv 1704.00028 halve the side down to 4 pixels, so it is a power of two from 8 on; those of
 * depth 6n + 2 halve it twice. The side of an IDX file without `resize` is known only when the file is read.
 */
export const resnetResolution: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    // Text has a law of its own.
    if (!dataset || !shape || shape.kind === 'sequences') return [];
    return (['generator', 'critic'] as const).flatMap((role) => {
      const network = context.architectures.get(fields[role] ?? '');
      const type = network?.fields?.type;
      if (!network || (type !== `resnet_${role}` && type !== 'deep_resnet_critic')) return [];
      if (!type.endsWith(`_${role}`)) return [];
      if (shape.kind === 'points') {
        return [
          error('resnet-resolution', {
            at: fieldRange(declaration, role),
            message: `${quoted(network.name)} is a ResNet, which works on images, but ${quoted(dataset.name)} holds ${describeShape(shape)}`,
            notes: [declaredHere(network), declaredHere(dataset)],
            help: `use an architecture of type mlp_${role}`,
          }),
        ];
      }
      const { side } = shape;
      const isDeep = type === 'deep_resnet_critic';
      const fits = isDeep ? isMultipleOf4 : isPowerFrom8;
      if (side === undefined || fits(side)) return [];
      return [
        error('resnet-resolution', {
          at: fieldRange(dataset, sideField(dataset.fields)),
          message: isDeep
            ? `a ResNet of depth 6n + 2 halves the sides of its images twice, and ${side}x${side} pixels cannot be`
            : `a ResNet halves the sides of its images down to 4 pixels, and ${side}x${side} pixels cannot be`,
          notes: [{ message: `${quoted(network.name)} is a ResNet`, range: network.nameRange }],
          help: `write \`${sideField(dataset.fields)}: 32\`, or another power of two from 8 on`,
        }),
      ];
    });
  });

const isMultipleOf4 = (side: number): boolean => side % 4 === 0;

const isPowerFrom8 = (side: number): boolean => side >= 8 && Number.isInteger(Math.log2(side));
