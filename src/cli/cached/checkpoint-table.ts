import { formatBytes, formatCount, plural } from '../../base/format.js';
import { formatAge } from '../../base/time-span.js';
import { oneLine, truncate } from '../terminal/text.js';
import { shortKey, stageName, widestPipeline } from './artifact-table.js';
import type { ListedCheckpoint } from './checkpoints.js';
import { table } from './table.js';

const headings = ['key', 'size', 'age', 'runs', 'pipeline', 'stage', 'saved at'] as const;
const numeric = new Set([1, 2, 3]);

/**
 * A line a checkpoint, in at most `width` cells, the headings first.
 * @param now Milliseconds since the epoch.
 */
export function checkpointTable(
  checkpoints: readonly ListedCheckpoint[],
  width: number,
  now: number,
  ellipsis: string,
): readonly string[] {
  const rows = checkpoints.map(({ key, bytes, saved, mention, ...checkpoint }) => [
    shortKey(key),
    formatBytes(bytes),
    formatAge((now - saved) / 1000),
    mention ? formatCount(mention.runs) : 'none',
    truncate(oneLine(mention?.pipeline ?? ''), widestPipeline, ellipsis),
    stageName(mention),
    savedAt(checkpoint),
  ]);
  return table(headings, rows, numeric, width, ellipsis);
}

/** `checkpoint` or `2 checkpoints`, with what they are of. */
export function countOfCheckpoints(count: number): string {
  return `${plural(count, 'checkpoint')} of ${count === 1 ? 'a training' : 'trainings'} without a result`;
}

function savedAt({ look, isStored, owner }: Pick<ListedCheckpoint, 'look' | 'isStored' | 'owner'>): string {
  if (isStored) return 'its result is there';
  if (look.state === 'damaged') return 'damaged';
  const place = look.state === 'whole' ? oneLine(look.marker.at) : 'nothing saved yet';
  return owner === undefined ? place : `${place} (${owner})`;
}
