import { quoted } from '../../diagnostics/printable.js';
import { warning } from '../../diagnostics/problem.js';
import { declaredHere, type Rule } from './rule.js';

type Named = Parameters<typeof declaredHere>[0];

/** Names in one section differ in more than case: readers, and folders on some disks, take `Train` for `train`. */
export const nameCase: Rule = (context) =>
  [context.datasets, context.architectures, context.stages].flatMap((section) => {
    const first = new Map<string, Named>();
    return [...section.values()].flatMap((declaration) => {
      const earlier = first.get(declaration.name.toLowerCase());
      if (!earlier) {
        first.set(declaration.name.toLowerCase(), declaration);
        return [];
      }
      return [
        warning('name-case', {
          at: declaration.nameRange,
          message: `${quoted(declaration.name)} and ${quoted(earlier.name)} differ in case only`,
          notes: [declaredHere(earlier)],
          help: 'give one of them another name',
        }),
      ];
    });
  });
