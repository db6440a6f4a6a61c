import type { StageRecord } from '../../execute/record.js';
import type { RunState, Status } from './run-states.js';
import { workUnderWay, type StageWork } from './stage-work.js';

/**
 * The same for machines. Times are ISO 8601 in universal time. Numbers may be NaN or infinite: to be written with
 * `finiteOrWord`.
 */
export function statusJson({ underWay, past }: Status) {
  return { under_way: underWay.map(runJson), past: past.map(runJson) };
}

function runJson(state: RunState) {
  const { run } = state;
  if (state.state === 'unreadable') return { run, state: state.state };
  const { record } = state;
  const process = state.state === 'under_way' ? { process: state.owner ?? null } : {};
  if (record === undefined) return { run, state: state.state, ...process };
  const { start, end, stages } = record;
  const work = workUnderWay(record);
  return {
    run,
    pipeline: start.pipeline,
    state: state.state,
    outcome: end?.outcome ?? null,
    started: isoTime(start.time),
    ended: end === undefined ? null : isoTime(end.time),
    ...process,
    stages: stages.map((stage) => stageJson(stage, work.get(stage))),
  };
}

function stageJson(
  { stage: { id, kind }, outcome, metrics, verdict }: StageRecord,
  work: StageWork | undefined,
) {
  const common = { id, kind, state: outcome.state, ...(verdict && { verdict: verdict.verdict }) };
  switch (outcome.state) {
    case 'pending':
      return { ...common, waits_for: outcome.waitsFor ?? null };
    case 'running':
      return {
        ...common,
        since: isoTime(outcome.since),
        step: work?.step ?? null,
        steps: work?.steps ?? null,
        latest: metrics.at(-1)?.values ?? {},
      };
    case 'succeeded':
      return { ...common, cached: outcome.cached };
    case 'diverged':
      return { ...common, cached: outcome.cached, divergence: outcome.divergence };
    case 'failed':
      return { ...common, failure: outcome.failure };
    case 'not_run':
      return { ...common, because: outcome.because };
  }
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
