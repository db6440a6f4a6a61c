import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { isListed, normsOf } from './network-parts.js';
import { declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/** A generator that is told classes in its norms has norms. */
export const normNeeded: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const generator = context.architectures.get(fields.generator ?? '');
    if (!generator?.fields?.type.endsWith('_generator') || fields.conditional?.generator.type !== 'norm')
      return [];
    if (normsOf(generator).length > 0) return [];
    // Where the field has a mistake of its own, nobody knows.
    const { type } = generator.fields;
    if (!isListed(generator) && type !== 'resnet1d_generator' && !('norm' in generator.fields)) return [];
    return [
      error('norm-needed', {
        at: fieldRange(declaration, 'conditional', 'generator', 'type'),
        message: `a class is told in the generator’s norms, and ${quoted(generator.name)} has none`,
        notes: [declaredHere(generator)],
        help: 'give it a norm, such as `norm: batch`, or write `generator: {type: embedding}`',
      }),
    ];
  });
