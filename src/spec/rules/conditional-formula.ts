import { quoted } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { isFormula } from '../../networks/formulas.js';
import { declaredHere, fieldRange, stagesOf, type Rule } from './rule.js';

/** A generator that is a formula has no place for classes: it has a weight or two, and one latent value. */
export const conditionalFormula: Rule = (context) =>
  stagesOf(context, 'train').flatMap(({ declaration, fields }) => {
    const generator = context.architectures.get(fields.generator ?? '');
    if (fields.conditional === undefined || !generator?.fields || !isFormula(generator.fields)) return [];
    return [
      error('conditional-formula', {
        at: fieldRange(declaration, 'conditional', 'type'),
        message: `a generator that is a formula is told no classes, and ${quoted(generator.name)} is of type ${quoted(generator.fields.type)}`,
        notes: [declaredHere(generator)],
        help: 'use another generator, such as an `mlp_generator`, or remove `conditional`',
      }),
    ];
  });
