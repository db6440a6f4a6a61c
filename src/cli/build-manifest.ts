import { readFileSync } from 'node:fs';

import { digestJson, isDigest, type Digest } from '../base/digest.js';
import { invariant } from '../base/invariant.js';
import type { StageKind } from '../spec/fields.js';
import type { WorkerKind } from '../spec/runnable.js';

/**
 * Digests of the code behind each kind of stage, written when the package was built (scripts/build.mjs), so that
 * planning need not load TensorFlow to know what would run.
 */
export function implementationDigests(): Readonly<Record<StageKind, Digest>> {
  const file = new URL('../build-manifest.json', import.meta.url);
  const { implementations } = JSON.parse(readFileSync(file, 'utf8')) as {
    implementations: Partial<Record<string, string>>;
  };
  const digestOf = (kind: StageKind): Digest => {
    const digest = implementations[kind] ?? '';
    invariant(isDigest(digest), `the build manifest has no digest for ${kind}`);
    return digest;
  };
  const run: Record<WorkerKind, Digest> = {
    dataset: digestOf('dataset'),
    train: digestOf('train'),
    evaluate: digestOf('evaluate'),
    sample: digestOf('sample'),
  };
  const plannedOnly = digestJson('no implementation');
  return {
    ...run,
    classifier: plannedOnly,
    command: plannedOnly,
    compare: plannedOnly,
    gate: plannedOnly,
    claim: plannedOnly,
    report: plannedOnly,
  };
}
