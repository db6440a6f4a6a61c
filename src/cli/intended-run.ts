import { digestBytes, type Digest } from '../base/digest.js';
import type { JsonObject } from '../base/json.js';
import type { Provenance } from '../execute/events.js';
import { planRecord, planRecordText } from '../plan/plan-record.js';
import { implementationParts } from './build-manifest.js';
import type { RunnablePipeline } from './planning.js';
import { provenanceOf } from './provenance.js';

/** A pipeline that can be run, with all that the run will write down of itself before it starts. */
export interface IntendedRun extends RunnablePipeline {
  readonly provenance: Provenance;
  /** The text of `plan.json`. */
  readonly record: string;
  /** Of the first variant, as it is to be shown, with the axes. */
  readonly specification: JsonObject;
  /** The MLflow server that is to show it; undefined or empty for the bundle. */
  readonly trackingUri: string | undefined;
  /** Equal for runs that say the same of themselves in the same place: same plan, same code, same machine. */
  readonly digest: Digest;
}

export async function intendedRun(
  pipeline: RunnablePipeline,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<IntendedRun> {
  const { source, planned, first, lock } = pipeline;
  const { axes, backend } = planned.plan;
  const record = planRecordText(planRecord(planned, implementationParts()));
  const specification = { ...first.displaySpec, ...(axes && { axes }) };
  const provenance = await provenanceOf(source, backend, lock, environment);
  const trackingUri = environment['MLFLOW_TRACKING_URI'];
  const shownAt = trackingUri ? withoutPassword(trackingUri) : null;
  const digest = digestBytes(JSON.stringify({ record, specification, provenance, shownAt }));
  return { ...pipeline, provenance, record, specification, trackingUri, digest };
}

/** The digest of a password that is easy to guess would give it away. */
function withoutPassword(uri: string): string {
  if (!URL.canParse(uri)) return '';
  const { host, pathname, protocol } = new URL(uri);
  return `${protocol}//${host}${pathname}`;
}
