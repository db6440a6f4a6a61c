import path from 'node:path';

import type { Lookup } from '../../cache/contract.js';
import { openStore } from '../../cache/store.js';
import { formatDuration, plural } from '../../base/format.js';
import type { Plan } from '../../plan/types.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { planPipeline, type PlanningOptions } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';

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
  const rows = await Promise.all(
    planned.value.plan.stages.map(async (stage) => ({ stage, found: await store.lookup(stage.key) })),
  );
  const text = options.json ? asJson(planned.value.plan, rows) : asText(rows, options.force);
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
  const runs = rows.filter(({ found }) => force || found.state !== 'hit');
  const width = Math.max(...rows.map(({ stage }) => stage.id.length));
  const lines = rows.map(({ stage, found }) =>
    `  ${stage.id.padEnd(width)}  ${verdictOf(found, force).padEnd(26)}  ${stage.key.slice(0, 12)}`.trimEnd(),
  );
  const summary = `${plural(rows.length, 'stage')}: ${runs.length} to run, ${rows.length - runs.length} cached`;
  return `${[...lines, summary].join('\n')}\n`;
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
