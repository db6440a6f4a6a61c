import { formatCount } from '../../base/format.js';
import { axesName } from '../../resolve/axes.js';
import { printWithOrigins } from '../../source/print-origins.js';
import { chooseVariant } from '../choose-variant.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { loadPipeline, mergePipeline } from '../load-pipeline.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';

export interface ConfigOptions {
  /** Whether everything is decided, or the files only merged. */
  readonly resolve: boolean;
  /** Which variant, as in `arm=penalty,seed=1`; the first of those that have these values. */
  readonly variant: string | undefined;
  readonly overrides: readonly string[];
}

/** Prints a pipeline as YAML in which every value is followed by where it was written. */
export async function config(
  file: string,
  options: ConfigOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stdout, stderr } = surroundings;
  if (!options.resolve) {
    const merged = await mergePipeline(file, options.overrides, surroundings);
    printDiagnostics(merged.problems, 'text', surroundings);
    if (!merged.root) return exitCode.usage;
    stdout.write(printWithOrigins(merged.root));
    return exitCode.ok;
  }
  const loaded = await loadPipeline(file, options.overrides, surroundings);
  printDiagnostics(loaded.ok ? loaded.value.warnings : loaded.error, 'text', surroundings);
  if (!loaded.ok) return exitCode.usage;
  const { experiments } = loaded.value;
  const chosen = chooseVariant(experiments, options.variant);
  if (!chosen.ok) {
    stderr.write(`error: ${chosen.error}\n`);
    return exitCode.usage;
  }
  const { axes, origins } = chosen.value;
  const index = experiments.indexOf(chosen.value);
  const title =
    experiments.length === 1
      ? ''
      : `# variant ${index + 1} of ${formatCount(experiments.length)}: ${axesName(axes)} (--variant chooses)\n`;
  stdout.write(title + printWithOrigins(origins));
  return exitCode.ok;
}
