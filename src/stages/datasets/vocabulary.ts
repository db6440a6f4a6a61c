import type { DatasetSpec } from '../../spec/datasets.js';

type TextSpec = Extract<DatasetSpec, { type: 'text' }>;
export type TokenUnit = TextSpec['tokens'];

/** What numbers of tokens stand for. */
export interface Vocabulary {
  readonly unit: TokenUnit;
  /** By number: the most frequent first, then those that stand for others. All of them differ. */
  readonly tokens: readonly string[];
  /** The number that stands for every token beyond the vocabulary, where there is one. */
  readonly unknown?: number;
  /** The number that fills a line which is shorter than a sequence, where there is one. */
  readonly padding?: number;
}

/** Neither is a token of a text: U+FFFD stands for what a file could not say, and words are not in angle brackets. */
const unknownToken = { character: '\uFFFD', word: '<unknown>' } as const;

/**
 * Words are runs of letters and digits, with apostrophes and hyphens inside; every other sign is a token by itself.
 * Characters are code points, and what is blank counts as one space.
 */
export function tokensOf(line: string, unit: TokenUnit): readonly string[] {
  return unit === 'character'
    ? Array.from(line.trim().replaceAll(/\s+/gu, ' '))
    : (line.match(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s]/gu) ?? []);
}

/** The most frequent tokens, of equally frequent ones those whose code units come first. */
export function mostFrequent(
  tokens: Iterable<string>,
  most: number,
): { readonly kept: readonly string[]; readonly different: number } {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { kept: sorted.slice(0, most).map(([token]) => token), different: counts.size };
}

export function vocabularyOf(
  unit: TokenUnit,
  kept: readonly string[],
  needs: { readonly unknown: boolean; readonly padding: boolean },
): Vocabulary {
  const unknown = needs.unknown ? kept.length : undefined;
  const padding = needs.padding ? kept.length + (needs.unknown ? 1 : 0) : undefined;
  const special = [...(needs.unknown ? [unknownToken[unit]] : []), ...(needs.padding ? [''] : [])];
  return {
    unit,
    tokens: [...kept, ...special],
    ...(unknown !== undefined && { unknown }),
    ...(padding !== undefined && { padding }),
  };
}

export function sameVocabulary(a: Vocabulary, b: Vocabulary): boolean {
  return (
    a.unit === b.unit &&
    a.tokens.length === b.tokens.length &&
    a.tokens.every((token, at) => token === b.tokens[at])
  );
}
