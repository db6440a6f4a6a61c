import path from 'node:path';

import { ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { SourceText } from '../diagnostics/range.js';
import type { Experiment } from '../resolve/experiment.js';
import {
  mergeDocument,
  resolvePipeline,
  type MergedPipeline,
  type ResolveInputs,
} from '../resolve/resolve.js';
import type { ReadSource } from '../resolve/read-source.js';
import type { PositionedDocument } from '../source/document.js';
import { parseDocument } from '../source/parse-document.js';
import { extendedFiles } from './extended-files.js';
import { readPipeline } from './read-pipeline.js';
import { SharedSources } from './shared-sources.js';
import type { Surroundings } from './surroundings.js';

export interface LoadedPipeline {
  readonly source: SourceText;
  /** The files that it extends. */
  readonly extended: readonly SourceText[];
  readonly experiments: readonly Experiment[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads a pipeline file as far as the planner: every mistake in it is in the error.
 * @param overrides The arguments of `-S`.
 * @param sources Of all the files that are read together with this one.
 */
export async function loadPipeline(
  file: string,
  overrides: readonly string[],
  surroundings: ReadingSurroundings,
  sources = new SharedSources(),
): Promise<Result<LoadedPipeline, readonly Diagnostic[]>> {
  const document = await readDocument(file, surroundings.directory, sources);
  if (!document.ok) return document;
  const { source } = document.value;
  return resolveDocument(document.value, inputsOf(source, overrides, surroundings, sources));
}

/** The same for a document that is read already. */
export function resolveDocument(
  document: PositionedDocument,
  inputs: ResolveInputs,
): Result<LoadedPipeline, readonly Diagnostic[]> {
  const extended: SourceText[] = [];
  const readSource: ReadSource = (path) => {
    const read = inputs.readSource(path);
    if (read.ok) extended.push(read.value);
    return read;
  };
  const resolved = resolvePipeline(document, { ...inputs, readSource });
  return resolved.ok ? ok({ source: document.source, extended, ...resolved.value }) : resolved;
}

/** Reads a pipeline file with what it extends and the overrides change, and decides nothing else. */
export async function mergePipeline(
  file: string,
  overrides: readonly string[],
  surroundings: ReadingSurroundings,
  sources = new SharedSources(),
): Promise<MergedPipeline> {
  const document = await readDocument(file, surroundings.directory, sources);
  if (!document.ok) return { root: undefined, problems: document.error };
  return mergeDocument(document.value, inputsOf(document.value.source, overrides, surroundings, sources));
}

type ReadingSurroundings = Pick<Surroundings, 'directory' | 'environment'>;

async function readDocument(
  file: string,
  directory: string,
  sources: SharedSources,
): Promise<Result<PositionedDocument, readonly Diagnostic[]>> {
  const source = await readPipeline(file, directory);
  return source.ok ? parseDocument(sources.one(source.value)) : source;
}

function inputsOf(
  source: SourceText,
  overrides: readonly string[],
  { directory, environment }: ReadingSurroundings,
  sources: SharedSources,
): ResolveInputs {
  return {
    environment,
    readSource: sources.for(source, extendedFiles(source.path, directory)),
    overrides: overrides.map((text) => argumentSource(text, directory)),
  };
}

/** Paths in an argument count from the working directory. */
export function argumentSource(text: string, directory: string): SourceText {
  return { name: `<argument -S ${text}>`, path: path.join(directory, '<argument>'), text };
}
