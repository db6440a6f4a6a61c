import path from 'node:path';

import { plural } from '../../base/format.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { enumerate } from '../../diagnostics/printable.js';
import { entryOf } from '../../source/entries.js';
import { pipelineSchema } from '../../spec/schema.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { loadPipeline, mergePipeline, type LoadedPipeline } from '../load-pipeline.js';
import { pipelineFiles, type PipelineFile } from '../pipeline-files.js';
import { printDiagnostics, type DiagnosticFormat } from '../print-diagnostics.js';
import { SharedSources } from '../shared-sources.js';
import type { Surroundings } from '../surroundings.js';

export interface ValidateOptions {
  readonly format: DiagnosticFormat;
  /** The arguments of `-S`, for every file. */
  readonly overrides: readonly string[];
}

/** What a file is found to be. */
type Verdict =
  | { readonly is: 'valid'; readonly pipeline: LoadedPipeline }
  | { readonly is: 'part'; readonly of: readonly string[] }
  | { readonly is: 'wrong'; readonly problems: readonly Diagnostic[] };

/** Checks pipeline files, and all in folders, without looking at their data or loading TensorFlow. */
export async function validate(
  names: readonly string[],
  { format, overrides }: ValidateOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { files, problems } = await pipelineFiles(names, surroundings.directory);
  const sources = new SharedSources();
  const loaded = [];
  for (const file of files) {
    loaded.push({ file, pipeline: await loadPipeline(file.name, overrides, surroundings, sources) });
  }
  const diagnostics = [...problems];
  const lines: string[] = [];
  const counts = { valid: 0, wrong: 0, part: 0 };
  // Which files are parts of others is known once all have been read.
  for (const { file, pipeline } of loaded) {
    const verdict: Verdict = pipeline.ok
      ? { is: 'valid', pipeline: pipeline.value }
      : ((await partOfOthers(file, surroundings, sources)) ?? { is: 'wrong', problems: pipeline.error });
    diagnostics.push(...problemsOf(verdict));
    lines.push(...lineOf(file.name, verdict));
    counts[verdict.is] += 1;
  }
  if (files.some(({ folder }) => folder !== undefined)) lines.push(closingLine(counts));
  printDiagnostics(diagnostics, format, surroundings);
  if (format === 'text') surroundings.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return counts.wrong === 0 && problems.length === 0 ? exitCode.ok : exitCode.usage;
}

/**
 * A file of a folder that lacks what every pipeline has is no pipeline of its own where others extend it: they were
 * checked with what it says.
 */
async function partOfOthers(
  { name, folder }: PipelineFile,
  surroundings: Surroundings,
  sources: SharedSources,
): Promise<Verdict | undefined> {
  const of = sources.extendersOf(path.resolve(surroundings.directory, name));
  if (folder === undefined || of.length === 0) return undefined;
  const { root } = await mergePipeline(name, [], surroundings, sources);
  const { required: keys = [], properties = {} } = pipelineSchema;
  const isWhole = keys.every((key) => properties[key]?.default !== undefined || entryOf(root, key));
  return root === undefined || isWhole ? undefined : { is: 'part', of };
}

function problemsOf(verdict: Verdict): readonly Diagnostic[] {
  switch (verdict.is) {
    case 'valid':
      return verdict.pipeline.warnings;
    case 'wrong':
      return verdict.problems;
    case 'part':
      return [];
  }
}

function lineOf(name: string, verdict: Verdict): readonly string[] {
  switch (verdict.is) {
    case 'valid': {
      const { experiments } = verdict.pipeline;
      const stages = new Set(experiments.flatMap(({ spec }) => Object.keys(spec.stages)));
      const variants = experiments.length === 1 ? '' : `, ${plural(experiments.length, 'variant')}`;
      return [`${name}: valid, ${plural(stages.size, 'stage')}${variants}`];
    }
    case 'part': {
      const [first = '', ...others] = verdict.of;
      return [
        `${name}: part of ${first}${others.length > 0 ? ` and ${plural(others.length, 'other')}` : ''}`,
      ];
    }
    case 'wrong':
      return [];
  }
}

function closingLine({ valid, wrong, part }: Readonly<Record<Verdict['is'], number>>): string {
  const parts = [`${valid} valid`];
  if (wrong > 0) parts.push(`${wrong} with errors`);
  if (part > 0) parts.push(`${part} part of others`);
  return `${plural(valid + wrong + part, 'file')}: ${enumerate(parts)}`;
}
