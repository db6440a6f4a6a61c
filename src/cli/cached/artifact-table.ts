import { formatBytes, formatCount, formatDuration } from '../../base/format.js';
import { formatAge } from '../../base/time-span.js';
import type { Shelved } from '../../cache/inventory.js';
import { oneLine, truncate } from '../terminal/text.js';
import type { Mention } from './references.js';
import { table } from './table.js';

/** An artifact with what the records of runs say of it. */
export interface ListedArtifact extends Shelved {
  /** Absent where no record names it. */
  readonly mention?: Mention;
}

const headings = ['key', 'size', 'took', 'age', 'runs', 'pipeline', 'stage'] as const;
const numeric = new Set([1, 2, 3, 4]);
export const widestPipeline = 16;

/**
 * A line an artifact, in at most `width` cells, the headings first. The kind of a stage is told where its name is another.
 * @param now Milliseconds since the epoch.
 */
export function artifactTable(
  artifacts: readonly ListedArtifact[],
  width: number,
  now: number,
  ellipsis: string,
): readonly string[] {
  const rows = artifacts.map((artifact) => [
    shortKey(artifact.key),
    formatBytes(artifact.bytes),
    artifact.found.state === 'hit' ? formatDuration(artifact.found.artifact.seconds) : 'damaged',
    formatAge((now - artifact.made) / 1000),
    artifact.mention ? formatCount(artifact.mention.runs) : 'none',
    truncate(oneLine(artifact.mention?.pipeline ?? ''), widestPipeline, ellipsis),
    stageName(artifact.mention),
  ]);
  return table(headings, rows, numeric, width, ellipsis);
}

/** Enough of a key to tell it from others. */
export function shortKey(key: string): string {
  return key.slice(0, 8);
}

/** `tiny: train@seed=1`, or that no run names it. */
export function describeMention(mention: Mention | undefined): string {
  return mention === undefined ? 'no run names it' : `${oneLine(mention.pipeline)}: ${stageName(mention)}`;
}

/** With its kind where its name is another. */
export function stageName(mention: Mention | undefined): string {
  if (mention === undefined) return '';
  const { stage, kind } = mention;
  return oneLine(/^[^@:]*/.exec(stage)?.[0] === kind ? stage : `${stage} (${kind})`);
}
