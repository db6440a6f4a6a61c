import { dirname, join } from 'node:path';

import fc from 'fast-check';

import type { SourceText } from '../../src/diagnostics/range.js';
import { argument } from './arguments.js';
import { seeds } from './seeds.js';
import { restructured, structureEdit, type StructureEdit } from './structure-edits.js';
import { textEdit, type TextEdit } from './text-edits.js';

/** A pipeline that was sound, what has become of it, and how it is read. */
export interface Mutant {
  readonly original: SourceText;
  /** In the place of the original. */
  readonly damaged: SourceText;
  /** The file to read: the damaged one, or one that extends it. */
  readonly entry: SourceText;
  /** The arguments of `-S`. */
  readonly overrides: readonly string[];
}

/** Changes of structure, and then of text. */
type Edits = readonly [readonly StructureEdit[], readonly TextEdit[]];

/** Mostly one, so that a good part of the mutants is still sound. */
const some = <Edit>(edit: fc.Arbitrary<Edit>): fc.Arbitrary<readonly Edit[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(edit) },
    { weight: 1, arbitrary: fc.array(edit, { minLength: 2, maxLength: 4 }) },
  );

const edits: fc.Arbitrary<Edits> = fc.oneof(
  { weight: 4, arbitrary: some(structureEdit).map((structure): Edits => [structure, []]) },
  { weight: 3, arbitrary: some(textEdit).map((text): Edits => [[], text]) },
  { weight: 1, arbitrary: fc.tuple(some(structureEdit), some(textEdit)) },
  // Of the file itself; the damage is in the arguments.
  { weight: 1, arbitrary: fc.constant<Edits>([[], []]) },
);

export const mutant: fc.Arbitrary<Mutant> = fc
  .record({
    original: fc.constantFrom(...seeds),
    edits,
    isExtended: fc.nat(9).map((draw) => draw === 9),
    overrides: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(argument, { minLength: 1, maxLength: 3 }) },
    ),
  })
  .map(({ original, edits: [structure, text], isExtended, overrides }) => {
    const changed = text.reduce((current, edit) => edit(current), restructured(original.text, structure));
    const damaged = { ...original, text: changed };
    const entry = isExtended ? extending(damaged) : damaged;
    // What fast-check prints of one that fails.
    const shown = JSON.stringify({ file: damaged.name, read: entry.name, overrides });
    return { original, damaged, entry, overrides, [fc.toStringMethod]: () => `${shown}\n${changed}\n` };
  });

function extending({ path }: SourceText): SourceText {
  return {
    name: 'child.yaml',
    path: join(dirname(path), 'child.yaml'),
    text: `extends: ${JSON.stringify(path)}\nname: child\nseeds: [0, 1]\n`,
  };
}
