import path from 'node:path';

import pLimit from 'p-limit';

import type { Lookup } from '../../cache/contract.js';
import { peekStore } from '../../cache/store.js';
import { formatCount, formatDuration, plural } from '../../base/format.js';
import { groupBy } from '../../base/group.js';
import { shownStages } from '../../plan/shown-stages.js';
import { stageName } from '../../plan/stage-graph.js';
import type { PlannedStage } from '../../plan/types.js';
import { mostCells } from '../cells.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { planPipeline, type PlannedPipeline, type PlanningOptions } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';

export interface PlanOptions extends PlanningOptions {
  readonly force: boolean;
  readonly json: boolean;
}

const concurrentLookups = 16;

/** Says what a run would do, and does nothing. */
export async function plan(
  file: string,
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planPipeline(file, options, surroundings);
  const diagnostics = planned.ok ? planned.value.warnings : planned.error;
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!planned.ok) return exitCode.usage;
  const store = peekStore(path.join(options.runs, 'store'));
  const lookups = pLimit(concurrentLookups);
  const rows = await Promise.all(
    planned.value.planned.plan.stages.map((stage) =>
      lookups(async () => ({ stage, found: await store.lookup(stage.key) })),
    ),
  );
  const text = options.json ? asJson(planned.value, rows) : asText(rows, options.force);
  surroundings.stdout.write(text);
  return exitCode.ok;
}

interface Row {
  readonly stage: PlannedStage;
  readonly found: Lookup;
}

function asJson({ planned }: PlannedPipeline, rows: readonly Row[]): string {
  const states = new Map(rows.map(({ stage, found }) => [stage.id, found.state]));
  const stages = shownStages(planned).map((stage) => ({
    ...stage,
    cache: states.get(stage.id),
  }));
  return `${JSON.stringify({ type: 'plan', ...planned.plan, stages })}\n`;
}

function asText(rows: readonly Row[], force: boolean): string {
  const lines = linesOf(rows, force);
  const nameWidth = Math.max(...lines.map(({ name }) => name.length));
  const verdictWidth = Math.max(...lines.map(({ verdict }) => verdict.length));
  const text = lines.map(({ name, verdict, key }) =>
    `  ${name.padEnd(nameWidth)}  ${verdict.padEnd(verdictWidth)}  ${key}`.trimEnd(),
  );
  return `${[...text, `${plural(rows.length, 'stage')}: ${countsOf(rows, force)}`].join('\n')}\n`;
}

interface Line {
  readonly name: string;
  readonly verdict: string;
  readonly key: string;
}

/** A line a stage; a stage of the file with many cells gets one line with counts, and `--json` tells them apart. */
function linesOf(rows: readonly Row[], force: boolean): readonly Line[] {
  const byName = groupBy(rows, ({ stage }) => stageName(stage.id));
  return [...byName].flatMap(([name, cells]): readonly Line[] => {
    if (cells.length <= mostCells) {
      return cells.map(({ stage, found }) => ({
        name: stage.id,
        verdict: verdictOf(found, force),
        key: stage.key.slice(0, 12),
      }));
    }
    const axes = new Set(cells.flatMap(({ stage }) => Object.keys(stage.axes ?? {})));
    const verdict = `${plural(cells.length, 'cell')}: ${countsOf(cells, force)}`;
    return [{ name: `${name}@${[...axes].join()}`, verdict, key: '' }];
  });
}

function countsOf(rows: readonly Row[], force: boolean): string {
  const runs = rows.filter(({ found }) => force || found.state !== 'hit').length;
  return `${formatCount(runs)} to run, ${formatCount(rows.length - runs)} cached`;
}

function verdictOf(found: Lookup, force: boolean): string {
  switch (found.state) {
    case 'hit':
      return force ? 'run again (--force)' : `cached (took ${formatDuration(found.artifact.seconds)})`;
    case 'miss':
      return 'run';
    case 'damaged':
      return 'run again (damaged)';
  }
}
