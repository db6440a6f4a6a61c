import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { isPenalty } from '../lipschitz.js';
import { activationsOf } from './network-parts.js';
import { fieldRange, stagesOf, type Rule } from './rule.js';

/**
 * A gradient penalty differentiates the critic's gradient once more. TensorFlow.js does that wrongly, and without
 * a word, for activations whose gradient is computed from their saved output: tanh, sigmoid, exp, softmax. Measured
 * against central differences; ReLU and leaky ReLU are right.
 */
export const secondDerivative: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const critic = context.architectures.get(fields.critic ?? '');
    if (!critic || !fields.lipschitz || !isPenalty(fields.lipschitz)) return [];
    const wrong = activationsOf(critic).filter(({ word }) => word !== 'relu' && word !== 'leaky_relu');
    return wrong.map(({ word, at }) =>
      error('second-derivative', {
        at,
        message: `the gradient penalty needs the second derivative of ${quoted(word)}, which TensorFlow.js computes wrongly`,
        notes: [
          {
            message: `${quoted(declaration.name)} trains this critic with a gradient penalty`,
            range: fieldRange(declaration, 'lipschitz', 'type'),
          },
        ],
        help: 'write `activation: relu` or `activation: leaky_relu`',
      }),
    );
  });
