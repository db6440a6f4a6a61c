import path from 'node:path';

import pLimit from 'p-limit';

import type { Lookup } from '../../cache/contract.js';
import { openStore } from '../../cache/store.js';
import { formatCount, formatDuration, plural } from '../../base/format.js';
import type { Plan } from '../../plan/types.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { planPipeline, type PlanningOptions } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';

const concurrentLookups = 16;

/** Cells of one stage that are shown a line each. */
const mostCells = 12;

export interface PlanOptions extends PlanningOptions {
  readonly force: boolean;
  readonly json: boolean;
}

/** Says what a run would do, and does nothing. */
export async function plan(
  file: string,
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const planned = await planPipeline(file, options, surroundings);
  const diagnostics = planned.ok ? planned.value.warnings : planned.error;
  if (!planned.ok || !options.json) {
    printDiagnostics(diagnostics, options.json ? 'json' : 'text', surroundings);
  }
  if (!planned.ok) return exitCode.usage;
  const store = await openStore(path.join(options.runs, 'store'));
  const lookups = pLimit(concurrentLookups);
  const rows = await Promise.all(
    planned.value.planned.plan.stages.map((stage) =>
      lookups(async () => ({ stage, found: await store.lookup(stage.key) })),
    ),
  );
  const text = options.json ? asJson(planned.value.planned.plan, rows) : asText(rows, options.force);
  surroundings.stdout.write(text);
  return exitCode.ok;
}

interface Row {
  readonly stage: Plan['stages'][number];
  readonly found: Lookup;
}

function asJson(planned: Plan, rows: readonly Row[]): string {
  const stages = rows.map(({ stage, found }) => ({ ...stage, cache: found.state }));
  return `${JSON.stringify({ ...planned, stages }, null, 2)}\n`;
}

function asText(rows: readonly Row[], force: boolean): string {
  const lines = linesOf(rows, force);
  const width = Math.max(...lines.map(({ name }) => name.length));
  const text = lines.map(({ name, verdict, key }) =>
    `  ${name.padEnd(width)}  ${verdict.padEnd(26)}  ${key}`.trimEnd(),
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
  const byName = new Map<string, Row[]>();
  for (const row of rows) {
    const [name = ''] = row.stage.id.split('@');
    const cells = byName.get(name) ?? [];
    byName.set(name, cells);
    cells.push(row);
  }
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
