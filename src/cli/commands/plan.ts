import path from 'node:path';

import type { Lookup } from '../../cache/contract.js';
import { peekStore } from '../../cache/store.js';
import { formatDuration, plural } from '../../base/format.js';
import { shownStages } from '../../plan/shown-stages.js';
import type { BackendName, PlannedStage } from '../../plan/types.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import { planPipeline, type PlannedPipeline } from '../planning.js';
import { printDiagnostics } from '../print-diagnostics.js';
import type { Surroundings } from '../surroundings.js';

export interface PlanOptions {
  readonly backend: BackendName;
  readonly runs: string;
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
  printDiagnostics(diagnostics, options.json ? 'json-lines' : 'text', surroundings);
  if (!planned.ok) return exitCode.usage;
  const store = peekStore(path.join(options.runs, 'store'));
  const rows = await Promise.all(
    planned.value.plan.stages.map(async ({ id, key }) => ({ id, key, found: await store.lookup(key) })),
  );
  const text = options.json ? asJson(planned.value, rows) : asText(rows, options.force);
  surroundings.stdout.write(text);
  return exitCode.ok;
}

interface Row extends Pick<PlannedStage, 'id' | 'key'> {
  readonly found: Lookup;
}

function asJson({ plan, experiment }: PlannedPipeline, rows: readonly Row[]): string {
  const states = new Map(rows.map(({ id, found }) => [id, found.state]));
  const stages = shownStages(plan, experiment.displaySpec).map((stage) => ({
    ...stage,
    cache: states.get(stage.id),
  }));
  return `${JSON.stringify({ type: 'plan', ...plan, stages })}\n`;
}

function asText(rows: readonly Row[], force: boolean): string {
  const shown = rows.map(({ id, key, found }) => ({ id, key, verdict: verdictOf(found, force) }));
  const idWidth = Math.max(...shown.map(({ id }) => id.length));
  const verdictWidth = Math.max(...shown.map(({ verdict }) => verdict.length));
  const lines = shown.map(
    ({ id, key, verdict }) =>
      `  ${id.padEnd(idWidth)}  ${verdict.padEnd(verdictWidth)}  ${key.slice(0, 12)}\n`,
  );
  const cached = force ? 0 : rows.filter(({ found }) => found.state === 'hit').length;
  return `${lines.join('')}${plural(rows.length, 'stage')}: ${rows.length - cached} to run, ${cached} cached\n`;
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
