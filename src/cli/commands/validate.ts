import { plural } from '../../base/format.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { loadPipeline } from '../load-pipeline.js';
import { printDiagnostics, type DiagnosticFormat } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';

export interface ValidateOptions {
  readonly format: DiagnosticFormat;
  /** The arguments of `-S`, for every file. */
  readonly overrides: readonly string[];
}

/** Checks pipeline files without looking at their data or loading TensorFlow. */
export async function validate(
  files: readonly string[],
  { format, overrides }: ValidateOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const diagnostics: Diagnostic[] = [];
  const valid: string[] = [];
  for (const file of files) {
    const loaded = await loadPipeline(file, overrides, surroundings);
    if (loaded.ok) {
      diagnostics.push(...loaded.value.warnings);
      const { experiments } = loaded.value;
      const stages = new Set(experiments.flatMap(({ spec }) => Object.keys(spec.stages)));
      const variants = experiments.length === 1 ? '' : `, ${plural(experiments.length, 'variant')}`;
      valid.push(`${file}: valid, ${plural(stages.size, 'stage')}${variants}\n`);
    } else {
      diagnostics.push(...loaded.error);
    }
  }
  printDiagnostics(diagnostics, format, surroundings);
  if (format === 'text') surroundings.stdout.write(valid.join(''));
  return valid.length === files.length ? exitCode.ok : exitCode.usage;
}
