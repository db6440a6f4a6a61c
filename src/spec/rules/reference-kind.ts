import { quoted, quotedList } from '../../diagnostics/printable.js';
import { error } from '../../diagnostics/problem.js';
import { originNotes } from '../schema-faults.js';
import { declaredHere, type Rule } from './rule.js';

/** A reference names a thing of the kind that its field needs: a critic is no generator, and only training makes a model. */
export const referenceKind: Rule = (context) =>
  context.references.flatMap(({ role, text, scalar }) => {
    if (role === 'generator' || role === 'critic') {
      const named = context.architectures.get(text);
      const type = named?.fields?.type;
      if (!named || type === undefined || type.endsWith(`_${role}`)) return [];
      const fitting = [...context.architectures.values()].filter((other) =>
        other.fields?.type.endsWith(`_${role}`),
      );
      return [
        error('wrong-reference', {
          at: scalar.range,
          message: `${quoted(text)} is of type ${quoted(type)}, and a ${role} is needed`,
          notes: [...originNotes(scalar), declaredHere(named)],
          help:
            fitting.length === 0
              ? `declare an architecture whose type ends in _${role}`
              : `name ${quotedList(
                  fitting.map(({ name }) => name),
                  'or',
                )}`,
        }),
      ];
    }
    if (role === 'model' || role === 'extractor') {
      const { types, makers, made } = making[role];
      const isMaker = (other: string | undefined) => types.some((one) => one === other);
      const named = context.stages.get(text);
      const type = named?.fields?.type;
      if (!named || type === undefined || isMaker(type)) return [];
      const fitting = [...context.stages.values()].filter(({ fields }) => isMaker(fields?.type));
      return [
        error('wrong-reference', {
          at: scalar.range,
          message: `stage ${quoted(text)} is of type ${quoted(type)}, and only ${makers} stage makes ${made}`,
          notes: [...originNotes(scalar), declaredHere(named)],
          help:
            fitting.length === 0
              ? `declare a stage of type ${quotedList(types, 'or')}`
              : `name ${quotedList(
                  fitting.map(({ name }) => name),
                  'or',
                )}`,
        }),
      ];
    }
    return [];
  });

/** Stages that make what a field needs. */
const making = {
  model: { types: ['train'], makers: 'a train', made: 'a model' },
  extractor: {
    types: ['classifier', 'extractor'],
    makers: 'a classifier or an extractor',
    made: 'an extractor of features',
  },
} as const;
