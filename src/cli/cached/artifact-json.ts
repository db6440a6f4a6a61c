import type { ListedArtifact } from './artifact-table.js';

/** An artifact for machines. Sizes in bytes, spans in seconds, times in ISO 8601. */
export function artifactJson({ key, found, bytes, made, mention }: ListedArtifact) {
  return {
    key,
    state: found.state === 'hit' ? 'whole' : 'damaged',
    reason: found.state === 'damaged' ? found.reason : null,
    bytes,
    made: new Date(made).toISOString(),
    seconds: found.state === 'hit' ? found.artifact.seconds : null,
    pipeline: mention?.pipeline ?? null,
    stage: mention?.stage ?? null,
    kind: mention?.kind ?? null,
    run: mention?.run ?? null,
    runs: mention?.runs ?? 0,
  };
}
