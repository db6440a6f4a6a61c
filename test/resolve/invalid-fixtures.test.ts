import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { resolveText, sourceOfFile } from './support.js';

const folder = fileURLToPath(new URL('../fixtures/invalid/', import.meta.url));
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const update = process.env['UPDATE_GOLDENS'] === '1';

/** Each malformed pipeline gives exactly the output beside it; `UPDATE_GOLDENS=1` writes that anew. */
describe('malformed pipelines', () => {
  it('are at least 40', () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(40);
  });

  it.each(fixtures)('%s', (name) => {
    const resolved = resolveText(sourceOfFile(folder + name));
    const problems = resolved.ok ? resolved.value.warnings : resolved.error;
    const text = renderDiagnostics(problems);
    const golden = folder + name.replace(/\.yaml$/, '.txt');
    if (update) writeFileSync(golden, text);
    expect(resolved.ok).toBe(false);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : '').toBe(text);
    expect(text).not.toMatch(/undefined|\[object|oneOf|additionalProperties|Internal/);
  });
});
