import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import type { Diagnostic } from '../../src/diagnostics/diagnostic.js';
import type { SourceText } from '../../src/diagnostics/range.js';
import { resolvePipeline, type ResolvedPipeline } from '../../src/resolve/resolve.js';
import type { Environment } from '../../src/resolve/environment.js';
import { parseDocument } from '../../src/source/parse-document.js';
import type { ReadSource } from '../../src/resolve/read-source.js';
import { err, ok, type Result } from '../../src/base/result.js';

export function sourceOf(text: string, path = '/project/pipelines/test.yaml'): SourceText {
  return { name: basename(path), path, text };
}

export function sourceOfFile(path: string): SourceText {
  return sourceOf(readFileSync(path, 'utf8'), path);
}

/** Files beside the one at hand, as they lie on disk. */
const fromDisk: ReadSource = (path) =>
  existsSync(path) ? ok(sourceOfFile(path)) : err({ reason: 'missing', near: undefined });

/** Files by their path, each its text. */
export function inMemory(files: Readonly<Record<string, string>>): ReadSource {
  return (path) => {
    const text = files[path];
    return text === undefined ? err({ reason: 'missing', near: undefined }) : ok(sourceOf(text, path));
  };
}

/** From text to experiments, as the command line goes. */
export function resolveText(
  source: SourceText,
  environment: Environment = {},
  readSource: ReadSource = fromDisk,
): Result<ResolvedPipeline, readonly Diagnostic[]> {
  const document = parseDocument(source);
  return document.ok ? resolvePipeline(document.value, { environment, readSource }) : document;
}

/** All that the language has to say about a text, warnings included. */
export function diagnosticsOf(
  text: string,
  environment: Environment = {},
  readSource: ReadSource = fromDisk,
): readonly Diagnostic[] {
  const resolved = resolveText(sourceOf(text), environment, readSource);
  return resolved.ok ? resolved.value.warnings : resolved.error;
}
