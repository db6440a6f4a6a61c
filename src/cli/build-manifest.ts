import { readFileSync } from 'node:fs';

import { digestJson, isDigest, type Digest } from '../base/digest.js';
import { invariant } from '../base/invariant.js';
import type { CodeParts } from '../plan/code-parts.js';
import type { StageKind } from '../spec/fields.js';
import type { WorkerKind } from '../spec/runnable.js';

/**
 * Raised when a command finds another environment, or other things are made of what it leaves. Its own program is what
 * counts: a new release of ours is no reason to run it again.
 */
const commandForm = 1;

interface Manifest extends Partial<CodeParts> {
  readonly implementations: Partial<Record<string, string>>;
}

/**
 * Digests of the code behind each kind of stage, written when the package was built (scripts/build.mjs), so that
 * planning need not load TensorFlow to know what would run.
 */
export function implementationDigests(): Readonly<Record<StageKind, Digest>> {
  const { implementations } = readManifest();
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
    classifier: digestOf('classifier'),
    extractor: digestOf('extractor'),
    curves: digestOf('curves'),
    compare: digestOf('compare'),
    gate: digestOf('gate'),
    claim: digestOf('claim'),
  };
  return {
    ...run,
    command: digestJson(`commands, form ${commandForm}`),
    report: digestJson('no implementation'),
  };
}

/** What that code consists of, so that a change in it can be named. */
export function implementationParts(): CodeParts {
  const { consistsOf = {}, parts = {} } = readManifest();
  return { consistsOf, parts };
}

function readManifest(): Manifest {
  return JSON.parse(readFileSync(new URL('../build-manifest.json', import.meta.url), 'utf8')) as Manifest;
}
