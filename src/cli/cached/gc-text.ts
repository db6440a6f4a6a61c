import { formatBytes, formatCount, plural } from '../../base/format.js';
import type { Verdict } from '../../cache/collect.js';
import type { Look } from '../terminal/look.js';
import { artifactTable, type ListedArtifact } from './artifact-table.js';

/** What a collection came to. */
export interface Collected {
  readonly isDryRun: boolean;
  readonly removed: readonly ListedArtifact[];
  readonly kept: Readonly<Record<Exclude<Verdict, 'garbage' | 'gone'>, number>>;
  /** Of processes that are gone. */
  readonly drafts: { readonly count: number; readonly bytes: number };
}

export function freedBy({ removed, drafts }: Collected): number {
  return removed.reduce((sum, { bytes }) => sum + bytes, drafts.bytes);
}

/** The artifacts that went, or would go, and what was kept and why. */
export function collectedLines(
  collected: Collected,
  grace: string,
  width: number,
  now: number,
  look: Look,
): readonly string[] {
  const { isDryRun, removed, kept, drafts } = collected;
  const [head = '', ...rows] = artifactTable(removed, width, now, look.symbols.ellipsis);
  const table = removed.length === 0 ? [] : [look.colour.dim(head), ...rows, ''];
  const things = [
    ...(removed.length > 0 ? [plural(removed.length, 'artifact')] : []),
    ...(drafts.count > 0 ? [plural(drafts.count, 'unfinished artifact')] : []),
  ];
  const freed = formatBytes(freedBy(collected));
  const verdict =
    things.length === 0
      ? 'Nothing to remove'
      : isDryRun
        ? `Would remove ${things.join(' and ')}: ${freed}`
        : `Removed ${things.join(' and ')}: ${freed} freed`;
  const reasons = [
    ...(kept.needed > 0 ? [`${formatCount(kept.needed)} named by runs`] : []),
    ...(kept.young > 0 ? [`${formatCount(kept.young)} younger than ${grace}`] : []),
    ...(kept.in_use > 0 ? [`${formatCount(kept.in_use)} in use`] : []),
  ];
  return [...table, verdict, ...(reasons.length === 0 ? [] : [`Kept: ${reasons.join(', ')}`])];
}
