import path from 'node:path';

import { ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { SourceText } from '../diagnostics/range.js';
import type { Experiment } from '../resolve/experiment.js';
import { resolvePipeline } from '../resolve/resolve.js';
import { parseDocument } from '../source/parse-document.js';
import { extendedFiles } from './extended-files.js';
import { readPipeline } from './read-pipeline.js';
import type { Surroundings } from './surroundings.js';

export interface LoadedPipeline {
  readonly source: SourceText;
  readonly experiments: readonly Experiment[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads a pipeline file as far as the planner: every mistake in it is in the error.
 * @param overrides The arguments of `-S`.
 */
export async function loadPipeline(
  file: string,
  overrides: readonly string[],
  { directory, environment }: Pick<Surroundings, 'directory' | 'environment'>,
): Promise<Result<LoadedPipeline, readonly Diagnostic[]>> {
  const source = await readPipeline(file, directory);
  if (!source.ok) return source;
  const document = parseDocument(source.value);
  if (!document.ok) return document;
  const resolved = resolvePipeline(document.value, {
    environment,
    readSource: extendedFiles(source.value.path, directory),
    overrides: overrides.map((text) => argumentSource(text, directory)),
  });
  return resolved.ok ? ok({ source: source.value, ...resolved.value }) : resolved;
}

/** Paths in an argument count from the working directory. */
function argumentSource(text: string, directory: string): SourceText {
  return { name: `<argument -S ${text}>`, path: path.join(directory, '<argument>'), text };
}
