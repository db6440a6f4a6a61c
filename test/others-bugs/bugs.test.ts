import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { othersBugs } from './bugs.js';

const root = resolve(import.meta.dirname, '../..');

/** Whether a text has a test of the title, and runs it: `test('...'`, `it.each([...])('...'`, `testLaw('...'`. */
function hasTest(text: string, title: string): boolean {
  const at = text.search(new RegExp(`(?<=\\(\\s*)'${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}'`));
  // What skips a test stands where its call begins.
  const call = text.slice(0, Math.max(at, 0)).trimEnd().split('\n').at(-1) ?? '';
  return at >= 0 && !/\b(skip|todo|fails)\b/.test(call);
}

const textOf = (file: string) => readFileSync(join(root, 'test', file), 'utf8');

describe.each(othersBugs)('$bug', ({ tests, waits }) => {
  it('has tests, or waits for a feature', () => {
    expect(tests.length > 0 || waits !== undefined).toBe(true);
    expect(tests.filter(([file, title]) => !hasTest(textOf(file), title))).toEqual([]);
  });
});

for (const { bug, waits } of othersBugs) {
  if (waits === undefined) continue;
  it(`${bug}: ${waits.for} are not there yet`, () => {
    const folder = join(root, 'src', waits.under);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const having = files.filter((file) => waits.text.test(file + readFileSync(join(folder, file), 'utf8')));
    expect(having, 'they are: write the test that is owed').toEqual([]);
  });
}

it('a test that is gone, or skipped, would be missed', () => {
  const text = `it('here', () => {});\n  test.each(many)(\n    'each $one', () => {});\nit.skip('later', () => {}); // 'said'`;
  expect(['here', 'each $one', 'later', 'said', 'her'].filter((title) => hasTest(text, title))).toEqual([
    'here',
    'each $one',
  ]);
});
