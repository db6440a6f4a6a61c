import { required } from '../../base/invariant.js';
import type { JsonObject } from '../../base/json.js';
import { sourcesOf } from '../../plan/plan-record.js';
import type { PlannedExperiments } from '../../plan/plan.js';
import type { PlannedStage } from '../../plan/types.js';
import { pathText } from '../../resolve/document-path.js';
import { implementationParts } from '../build-manifest.js';
import { oneLine, padEnd } from '../terminal/text.js';
import { backendText } from './cause-words.js';
import { valueText } from './value-text.js';

/** What the key of a stage is the digest of, for machines. */
export function madeOfJson(stage: PlannedStage, planned: PlannedExperiments): JsonObject {
  const fingerprint = required(planned.fingerprints.get(stage.id), `fingerprint of ${stage.id}`);
  const { fields, implementation, backend } = fingerprint;
  return {
    fields,
    sources: sourcesOf(stage, fingerprint).map(({ field, digest }) => ({ field: pathText(field), digest })),
    inputs: inputsOf(stage, planned).map(({ role, stage: id, split, key }) => ({
      role,
      stage: id,
      ...(split !== undefined && { split }),
      key,
    })),
    implementation,
    backend: backend && { ...backend },
  };
}

/** The same for people, a line each. */
export function madeOfLines(stage: PlannedStage, planned: PlannedExperiments): readonly string[] {
  const fingerprint = required(planned.fingerprints.get(stage.id), `fingerprint of ${stage.id}`);
  const { consistsOf } = implementationParts();
  const parts = consistsOf[stage.kind]?.length ?? 0;
  const rows: readonly (readonly [string, string])[] = [
    ['key', stage.key],
    ['code', `${fingerprint.implementation.slice(0, 12)}, of ${parts} modules and packages`],
    ...(fingerprint.backend ? [['backend', backendText(fingerprint.backend)] as const] : []),
    ...inputsOf(stage, planned).map(
      ({ role, stage: id, split, key }) =>
        [role, `${id}${split === undefined ? '' : `.${split}`} ${key.slice(0, 12)}`] as const,
    ),
    ...sourcesOf(stage, fingerprint).map(
      ({ field, digest }) => [pathText(field), `data ${digest.slice(0, 12)}`] as const,
    ),
    ...Object.entries(fingerprint.fields).map(([field, value]) => [field, valueText(value)] as const),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${padEnd(oneLine(name), width)}  ${text}`);
}

function inputsOf(stage: PlannedStage, { plan }: PlannedExperiments) {
  return stage.inputs.map((input) => {
    const read = plan.stages.find(({ id }) => id === input.stage);
    return { ...input, key: required(read, `stage ${input.stage}`).key };
  });
}
