import type { RunRecord, StageOutcome, StageRecord } from '../execute/record.js';
import { keyResults } from '../report/key-results.js';
import type { FoundRun } from './find-run.js';
import { axesIn } from './recorded-axes.js';

/** Where things of a run are: absolute paths, addresses and commands. Null where there is none. */
export interface Whereabouts {
  readonly report: string | null;
  readonly log: string | null;
  readonly mlflow: readonly string[];
}

/**
 * What a past run was and gave, for machines. Times are ISO 8601 in universal time. Numbers may be NaN or infinite: to
 * be written with `finiteOrWord`.
 */
export function essentialsOf({ name, folder, record }: FoundRun, whereabouts: Whereabouts) {
  const { start, end, stages } = record;
  return {
    run: name,
    pipeline: start.pipeline,
    desc: start.desc ?? null,
    outcome: end?.outcome ?? 'running',
    started: isoTime(start.time),
    ended: end === undefined ? null : isoTime(end.time),
    seconds: end === undefined ? null : (end.time - start.time) / 1000,
    provenance: { ...start.provenance, git: start.provenance.git ?? null },
    axes: axesIn(start),
    stages: stages.map((recorded) => stageOf(recorded, record)),
    folder,
    ...whereabouts,
  };
}

function stageOf(recorded: StageRecord, record: RunRecord) {
  const { id, kind, key, axes = {} } = recorded.stage;
  const results = keyResults({ ...record, stages: [recorded] });
  return {
    id,
    kind,
    axes,
    key,
    ...stateOf(recorded.outcome),
    ...judgedOf(recorded),
    results: results.map(({ name, final, before, label, smoothed }) => ({
      metric: name.slice(id.length + 1),
      ...final,
      unit: label.unit,
      better: label.better,
      smoothed,
      before: before === undefined ? null : { kind: before.kind, ...before.point },
    })),
  };
}

function judgedOf({ verdict, comparison }: StageRecord) {
  return {
    ...(verdict && { verdict: untyped(verdict) }),
    ...(comparison && { comparison: untyped(comparison) }),
  };
}

function untyped<T extends { readonly type: string }>({ type: _, ...event }: T): Omit<T, 'type'> {
  return event;
}

function stateOf(outcome: StageOutcome) {
  switch (outcome.state) {
    case 'succeeded': {
      const { state, cached, artifact } = outcome;
      return { state, cached, seconds: artifact.seconds, artifact: artifact.directory };
    }
    case 'diverged': {
      const { state, cached, artifact, divergence } = outcome;
      return { state, cached, seconds: artifact.seconds, artifact: artifact.directory, divergence };
    }
    case 'running':
      return { state: outcome.state, since: isoTime(outcome.since) };
    case 'failed':
    case 'not_run':
    case 'pending':
      return outcome;
  }
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
