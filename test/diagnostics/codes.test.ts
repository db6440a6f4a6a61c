import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { diagnosticCodes, warningCodes } from '../../src/diagnostics/codes.js';

const docs = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8');

/** Rows of the tables: code, law, example, what to do. */
const rows = [...docs.matchAll(/^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)];

describe('docs/diagnostics.md', () => {
  it('has a row for each code, and for nothing else', () => {
    expect(rows.map(([, code]) => code).sort()).toEqual(Object.keys(diagnosticCodes).sort());
  });

  it('lists the warnings', () => {
    const [, list = ''] = /^Warnings are (.+?);/ms.exec(docs) ?? [];
    expect(list.match(/[a-z-]+(?=`)/g)?.sort()).toEqual([...warningCodes].sort());
  });

  it.each(rows.map(([, code, law]) => [code ?? '', law]))('states the law of %s', (code, law) => {
    expect(diagnosticCodes).toHaveProperty([code], law);
  });
});
