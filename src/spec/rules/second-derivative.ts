import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { isPenalty } from '../lipschitz.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A gradient penalty differentiates the critic's gradient once more. TensorFlow.js does that wrongly, and without
 * a word, for activations whose gradient is computed from their saved output: tanh, sigmoid, exp, softmax. Measured
 * against central differences; ReLU and leaky ReLU are right.
 */
export const secondDerivative: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const critic = context.architectures.get(fields.critic ?? '');
    const activation = critic?.fields && 'activation' in critic.fields ? critic.fields.activation : undefined;
    if (!critic || !fields.lipschitz || !isPenalty(fields.lipschitz) || activation !== 'tanh') return [];
    return [
      error('second-derivative', {
        at: fieldRange(critic, 'activation'),
        message: `the gradient penalty needs the second derivative of ${quoted(activation)}, which TensorFlow.js computes wrongly`,
        notes: [
          {
            message: `${quoted(declaration.name)} trains this critic with a gradient penalty`,
            range: fieldRange(declaration, 'lipschitz', 'type'),
          },
        ],
        help: 'write `activation: relu` or `activation: leaky_relu`',
      }),
    ];
  });
