import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { isMap, isScalar, parseDocument, visit } from 'yaml';

import type { SourceText } from '../../src/diagnostics/range.js';
import { sourceOfFile } from '../resolve/support.js';

const root = resolve(import.meta.dirname, '../..');
const language = 'test/fixtures/language/pipelines';

/** Sound pipelines to damage: those that are shipped, the templates, and the examples of the language. */
export const seeds: readonly SourceText[] = [
  'pipelines',
  'templates',
  language,
  `${language}/paper`,
  `${language}/shared`,
].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const path = join(root, folder, name);
      return { ...sourceOfFile(path), name: relative(root, path) };
    }),
);

/** Every key, word, number and small value that the seeds have: what is right in one place is wrong in another. */
export const vocabulary = vocabularyOf(seeds);

interface Vocabulary {
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  /** Paths as `-S` and arms name them. */
  readonly paths: readonly string[];
}

function vocabularyOf(sources: readonly SourceText[]): Vocabulary {
  const [keys, paths] = [new Set<string>(), new Set<string>()];
  const values = new Map<string, unknown>();
  for (const { text } of sources) {
    visit(parseDocument(text), {
      Pair: (_, { key, value }, ancestors) => {
        if (!isScalar(key)) return;
        const plain: unknown = isScalar(value) || isMap(value) ? value.toJSON() : undefined;
        const above = ancestors.flatMap((node) => ('key' in node && isScalar(node.key) ? [node.key] : []));
        keys.add(String(key.value));
        paths.add([...above, key].map((part) => String(part.value)).join('.'));
        if (plain !== undefined) values.set(JSON.stringify(plain), plain);
      },
    });
  }
  return { keys: [...keys], values: [...values.values()], paths: [...paths] };
}
