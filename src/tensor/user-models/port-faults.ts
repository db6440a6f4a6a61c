import { nearest } from '../../base/suggest.js';
import type { ModelFault } from './fault.js';

/** That the model has no port of this name, of those that it has. */
export function absentPort(
  at: 'input' | 'features' | 'logits',
  name: string,
  names: readonly string[],
): ModelFault {
  const meant = nearest(name, names);
  return {
    at,
    message: `the model has no ${at === 'input' ? 'input' : 'output'} \`${name}\``,
    ...(meant !== undefined
      ? { help: `Did you mean \`${meant}\`?` }
      : names.length > 0 && { help: `Name one that it has: ${listed(names)}.` }),
  };
}

/** That nothing says which input takes images. */
export function ambiguousInput(names: readonly string[]): ModelFault {
  return names.length === 0
    ? {
        at: 'input',
        message: 'the model does not say where images go in',
        help: 'Name the node as `input`.',
      }
    : {
        at: 'input',
        message: 'the model has more than one input',
        help: `Name the one that takes images as \`input\`: ${listed(names)}.`,
      };
}

export function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
