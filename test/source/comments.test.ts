import fc from 'fast-check';
import { expect, it } from 'vitest';

import { commentsOf } from '../../src/source/comments.js';
import { sourceOf } from '../resolve/support.js';

function commentsIn(text: string): readonly string[] {
  return commentsOf(sourceOf(text)).map(({ start, end }) => text.slice(start, end));
}

it('are told from what looks like them inside values', () => {
  const text = `\uFEFF# first
a: "# quoted" # second
b: '# quoted' #third
c: plain#text # fourth
d: | # fifth
  # block
  text # block
e: >-
  # folded

  # folded
f: {g: [1, # sixth
  '#', "a
  # quoted"]}
# seventh
g: plain
  text # eighth
`;
  expect(commentsIn(text)).toEqual([
    '# first',
    '# second',
    '#third',
    '# fourth',
    '# fifth',
    '# sixth',
    '# seventh',
    '# eighth',
  ]);
});

it('end before the line break of Windows, and may be the last thing of a file', () => {
  expect(commentsIn('a: 1 # one\r\n# two\r\nb: 2 # three')).toEqual(['# one', '# two', '# three']);
});

it('are found in any text at their places', () => {
  const unit = fc.constantFrom(...Array.from('#a: \n\t"\'|>-{}[],\u0002\u0018\u001f\r&*!%\uFEFF'));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
      for (const comment of commentsIn(text)) expect(comment).toMatch(/^#[^\n]*$/);
    }),
    { numRuns: 2000 },
  );
});
