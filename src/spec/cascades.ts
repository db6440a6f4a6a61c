import { entryOf } from '../source/entries.js';
import type { SchemaFault } from './schema-fault.js';

/** Whether a fault is only the consequence of another one at the same place. `faults` are all that are there. */
export function isCascade(fault: SchemaFault, faults: readonly SchemaFault[]): boolean {
  const { keyword } = fault.error;
  const beside = (other: string): boolean => faults.some((one) => one.error.keyword === other);
  switch (keyword) {
    // A value of the wrong type is also none of the words, and out of every range.
    case 'enum':
    case 'const':
      return beside('type');
    // `oneOf` fails whenever its discriminator does; a missing `type` is reported as a missing key.
    case 'oneOf':
      return true;
    case 'discriminator':
      return entryOf(fault.node, 'type') === undefined;
    // A budget without a unit that has an unknown key has a misspelt unit.
    case 'minProperties':
      return beside('additionalProperties');
    // Not a number at all, or the first of two bounds that it breaks.
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return beside('type');
    default:
      return false;
  }
}
