import { colourPalette, plainPalette } from '../../diagnostics/palette.js';
import type { StageId } from '../../plan/types.js';
import { assessPlan, type AssessedStage, type Assessment } from '../assess-plan.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { planPipeline, type PlannedPipeline } from '../planning.js';
import { ExplainText } from '../planned/explain-text.js';
import { findCell } from '../planned/find-cell.js';
import { madeOfJson, madeOfLines } from '../planned/made-of.js';
import { verdictJson } from '../planned/plan-json.js';
import { Teller } from '../planned/told-cause.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';
import { hasColour, widthOf } from '../terminal-features.js';
import { lookOf } from '../terminal/look.js';
import type { PlanOptions } from './plan.js';

/** Says of one cell, or of every stage that is to run, why: hit or miss, and what has changed since it last ran. */
export async function explain(
  file: string,
  cell: string | undefined,
  options: Omit<PlanOptions, 'out' | 'commands' | 'asRun'>,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stdout, stderr, environment } = surroundings;
  const planned = await planPipeline(file, options, surroundings);
  const diagnostics = planned.ok ? planned.value.warnings : planned.error;
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!planned.ok) return exitCode.usage;
  const chosen = cell === undefined ? undefined : findCell(cell, planned.value.planned.plan.stages);
  if (chosen?.ok === false) {
    stderr.write(`error: ${chosen.error.message}\n  help: ${chosen.error.help}\n`);
    return exitCode.usage;
  }
  const assessment = await assessPlan(planned.value, options);
  const teller = new Teller(planned.value.planned, assessment.stages);
  const row = assessment.stages.find(({ stage }) => stage.id === chosen?.value.id);
  if (options.json) {
    stdout.write(asJson(planned.value, row ? withInputs(row, assessment) : assessment.stages, teller));
    return exitCode.ok;
  }
  const text = new ExplainText(assessment, teller, {
    palette: hasColour(stdout, environment) ? colourPalette : plainPalette,
    width: widthOf(stdout),
    ellipsis: lookOf(stdout, environment).symbols.ellipsis,
  });
  stdout.write(row ? text.one(row, madeOfLines(row.stage, planned.value.planned)) : text.all());
  return exitCode.ok;
}

/** On one line; each stage stands once, and causes that are inputs name theirs. */
function asJson({ planned }: PlannedPipeline, rows: readonly AssessedStage[], teller: Teller): string {
  const stages = rows.map((row) => {
    const { id, kind, key, axes } = row.stage;
    const madeOf = madeOfJson(row.stage, planned);
    return { id, kind, key, ...(axes && { axes }), ...verdictJson(row, teller), madeOf };
  });
  return `${JSON.stringify({ type: 'explain', pipeline: planned.plan.pipeline, stages })}\n`;
}

/** The stage, and all that it depends on by what it reads, each once. */
function withInputs(row: AssessedStage, { stages }: Assessment): readonly AssessedStage[] {
  const wanted = new Set<StageId>([row.stage.id]);
  // Stages come after all that they read: from the end, each is known to be wanted before its inputs are.
  for (const { stage } of stages.toReversed()) {
    if (wanted.has(stage.id)) for (const input of stage.inputs) wanted.add(input.stage);
  }
  return stages.filter(({ stage }) => wanted.has(stage.id));
}
