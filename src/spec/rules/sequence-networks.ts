import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { describeShape, sampleShape } from '../sample-shape.js';
import { datasetOf, declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * 1-D residual networks work on sequences of tokens, and text needs them: its generator ends in a softmax over tokens,
 * which no other generator does.
 */
export const sequenceNetworks: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const dataset = datasetOf(context, fields.dataset);
    const shape = dataset?.fields && sampleShape(dataset.fields);
    if (!dataset || !shape) return [];
    return (['generator', 'critic'] as const).flatMap((role) => {
      const network = context.architectures.get(fields[role] ?? '');
      const type = network?.fields?.type;
      if (!network || !type?.endsWith(`_${role}`)) return [];
      const isForSequences = type.startsWith('resnet1d_');
      // DCGANs, and layers that are listed, have laws of their own.
      const hasOwnLaw = type.startsWith('dcgan_') || type.startsWith('layers_');
      if (isForSequences === (shape.kind === 'sequences') || hasOwnLaw) return [];
      return [
        error('sequence-networks', {
          at: fieldRange(declaration, role),
          message: isForSequences
            ? `${quoted(network.name)} works on sequences, but ${quoted(dataset.name)} holds ${describeShape(shape)}`
            : `${quoted(dataset.name)} holds ${describeShape(shape)}, and ${quoted(network.name)} knows nothing of tokens`,
          notes: [declaredHere(network), declaredHere(dataset)],
          help: isForSequences
            ? `use an architecture of type mlp_${role}${shape.kind === 'images' ? ` or dcgan_${role}` : ''}`
            : `use an architecture of type resnet1d_${role}`,
        }),
      ];
    });
  });
