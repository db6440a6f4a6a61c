import { err, ok, type Result } from '../../base/result.js';
import { compareSides, type Differences } from '../diff/compare.js';
import { isRunName, sideOfRun } from '../diff/side-of-run.js';
import { sideOfFile, type Side, type SideProblem, type VariantChoice } from '../diff/side.js';
import { diffText } from '../diff/text.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import { lookOf } from '../terminal/look.js';
import { widthOf } from '../terminal-features.js';

export interface DiffOptions {
  /** Which variant's fields are compared, as in `arm=penalty,seed=1`. */
  readonly variant: string | undefined;
  readonly json: boolean;
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
}

/** Says what of two pipelines, files or past runs, is different; answers as `diff` does. */
export async function diff(
  names: readonly [old: string, now: string],
  options: DiffOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const sides = await sidesOf(names, options, surroundings);
  if (!sides.ok) {
    for (const problem of sides.error) {
      if ('text' in problem) surroundings.stderr.write(problem.text);
      else printDiagnostics(problem.diagnostics, options.json ? 'json-lines' : 'text', surroundings);
    }
    return exitCode.usage;
  }
  const [old, now] = sides.value;
  const differences = compareSides(old, now);
  const { stdout, environment } = surroundings;
  stdout.write(
    options.json
      ? asJson(old, now, differences)
      : diffText(old, now, differences, { look: lookOf(stdout, environment), width: widthOf(stdout) }),
  );
  return differences.areEqual ? exitCode.ok : exitCode.failed;
}

async function sidesOf(
  [oldName, newName]: readonly [string, string],
  { variant, runs }: DiffOptions,
  surroundings: Surroundings,
): Promise<Result<readonly [Side, Side], readonly SideProblem[]>> {
  const sideOf = (name: string, choice: VariantChoice): Promise<Result<Side, SideProblem>> =>
    isRunName(name) ? sideOfRun(name, runs, variant, surroundings) : sideOfFile(name, choice, surroundings);
  const old = await sideOf(oldName, { asked: variant, like: {} });
  const now = await sideOf(newName, { asked: variant, like: old.ok ? (old.value.variant ?? {}) : {} });
  if (old.ok && now.ok) return ok([old.value, now.value]);
  return err([old, now].flatMap((side) => (side.ok ? [] : [side.error])));
}

function asJson(old: Side, now: Side, { areEqual, axes, fields, stages }: Differences): string {
  const named = ({ name, variant }: Side) => ({ name, variant });
  return `${JSON.stringify({ type: 'diff', equal: areEqual, old: named(old), new: named(now), axes, fields, stages })}\n`;
}
