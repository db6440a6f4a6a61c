import { formatBytes, formatCount, plural } from '../../base/format.js';
import type { Verdict } from '../../cache/collect.js';
import type { Look } from '../terminal/look.js';
import { artifactTable, type ListedArtifact } from './artifact-table.js';
import type { ListedCheckpoint } from './checkpoints.js';
import { checkpointTable } from './checkpoint-table.js';

/** How many stay, and why. */
export type Kept = Record<Exclude<Verdict, 'garbage' | 'gone'>, number>;

/** What a collection came to. */
export interface Collected {
  readonly isDryRun: boolean;
  readonly removed: readonly ListedArtifact[];
  readonly kept: Readonly<Kept>;
  readonly checkpoints: {
    readonly removed: readonly ListedCheckpoint[];
    readonly kept: Readonly<Kept>;
  };
  /** Of processes that are gone. */
  readonly drafts: { readonly count: number; readonly bytes: number };
}

export function freedBy({ removed, checkpoints, drafts }: Collected): number {
  return [...removed, ...checkpoints.removed].reduce((sum, { bytes }) => sum + bytes, drafts.bytes);
}

/** The artifacts and checkpoints that went, or would go, and what was kept and why. */
export function collectedLines(
  collected: Collected,
  grace: string,
  width: number,
  now: number,
  look: Look,
): readonly string[] {
  const { isDryRun, removed, kept, checkpoints, drafts } = collected;
  const [head = '', ...rows] = artifactTable(removed, width, now, look.symbols.ellipsis);
  const table = removed.length === 0 ? [] : [look.colour.dim(head), ...rows, ''];
  const [checkpointHead = '', ...checkpointRows] = checkpointTable(
    checkpoints.removed,
    width,
    now,
    look.symbols.ellipsis,
  );
  const second = checkpointRows.length === 0 ? [] : [look.colour.dim(checkpointHead), ...checkpointRows, ''];
  const things = [
    ...(removed.length > 0 ? [plural(removed.length, 'artifact')] : []),
    ...(checkpointRows.length > 0 ? [plural(checkpointRows.length, 'checkpoint')] : []),
    ...(drafts.count > 0 ? [plural(drafts.count, 'unfinished artifact')] : []),
  ];
  const freed = formatBytes(freedBy(collected));
  const verdict =
    things.length === 0
      ? 'Nothing to remove'
      : isDryRun
        ? `Would remove ${listed(things)}: ${freed}`
        : `Removed ${listed(things)}: ${freed} freed`;
  const reasons = [
    ...(kept.needed > 0 ? [`${formatCount(kept.needed)} named by runs`] : []),
    ...(kept.young > 0 ? [`${formatCount(kept.young)} younger than ${grace}`] : []),
    ...(kept.in_use > 0 ? [`${formatCount(kept.in_use)} in use`] : []),
  ];
  return [
    ...table,
    ...second,
    verdict,
    ...(reasons.length === 0 ? [] : [`Kept: ${reasons.join(', ')}`]),
    ...keptCheckpoints(checkpoints.kept, grace),
  ];
}

function keptCheckpoints({ needed, young, in_use }: Readonly<Kept>, grace: string): readonly string[] {
  const reasons = [
    ...(needed > 0
      ? [`${formatCount(needed)} from which a run may go on (see --checkpoints-older-than)`]
      : []),
    ...(young > 0 ? [`${formatCount(young)} younger than ${grace}`] : []),
    ...(in_use > 0 ? [`${formatCount(in_use)} in use`] : []),
  ];
  return reasons.length === 0 ? [] : [`Kept of checkpoints: ${reasons.join(', ')}`];
}

function listed(things: readonly string[]): string {
  return things.length < 2 ? things.join() : `${things.slice(0, -1).join(', ')} and ${things.at(-1) ?? ''}`;
}
