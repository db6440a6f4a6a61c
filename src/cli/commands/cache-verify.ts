import path from 'node:path';

import pLimit from 'p-limit';

import { formatBytes, formatDuration, plural } from '../../base/format.js';
import { inspect, removeDamaged, removeDamagedCheckpoint, type Repair } from '../../cache/inspect.js';
import { bytesIn, shelved, takeInventory, type Shelved } from '../../cache/inventory.js';
import { checkpointOf } from '../../cache/layout.js';
import { inspectCheckpoint } from '../../execute/inspect-checkpoint.js';
import { describeProcess } from '../../files/process-identity.js';
import { shownPath } from '../../files/shown-path.js';
import type { StageKey } from '../../plan/types.js';
import { describeMention, shortKey } from '../cached/artifact-table.js';
import { References, type Mention } from '../cached/references.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';
import { createByteProgress } from '../terminal/byte-progress.js';
import { lookOf } from '../terminal/look.js';
import { oneLine } from '../terminal/text.js';

export interface CacheVerifyOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  /** Remove what is damaged. */
  readonly repair: boolean;
  readonly json: boolean;
}

/** Artifacts whose files are read at once: enough to keep a disk busy, each with two small buffers. */
const concurrentReads = 4;

interface Damaged {
  readonly what: 'artifact' | 'checkpoint';
  readonly key: StageKey;
  /** Whether a plan sees it, which does not look at every byte. */
  readonly isSeen: boolean;
  readonly mention: Mention | undefined;
  readonly faults: readonly string[];
  /** Undefined where nothing was to be done. */
  readonly repair: Repair | undefined;
}

/** Compares every file of the cache with its digest. The exit code says whether something was found. */
export async function cacheVerify(
  { runs, repair, json }: CacheVerifyOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { stdout, environment, directory, now } = surroundings;
  const store = path.join(runs, 'store');
  const began = now();
  const { keys, checkpoints } = await takeInventory(store);
  const artifacts: Shelved[] = [];
  for (const key of keys) {
    const artifact = await shelved(store, key);
    if (artifact) artifacts.push(artifact);
  }
  const sizes = new Map<StageKey, number>();
  for (const key of checkpoints) sizes.set(key, await bytesIn(checkpointOf(store, key)));
  const bytes = [...artifacts.map((each) => each.bytes), ...sizes.values()].reduce((a, b) => a + b, 0);
  const progress = createByteProgress('comparing', bytes, surroundings);
  const damaged: Damaged[] = [];
  try {
    const references = await References.read(runs);
    await pLimit(concurrentReads).map(artifacts, async (artifact) => {
      const { key } = artifact;
      const faults = await inspect(store, key, progress.add);
      if (faults.length === 0) return;
      const mended = repair ? await removeDamaged(store, key) : undefined;
      const isSeen = artifact.found.state === 'damaged';
      damaged.push({
        what: 'artifact',
        key,
        isSeen,
        mention: references.mentionOf(key),
        faults,
        repair: mended,
      });
    });
    await pLimit(concurrentReads).map([...sizes], async ([key, size]) => {
      const look = () => inspectCheckpoint(checkpointOf(store, key));
      const faults = await look();
      progress.add(size);
      if (faults.length === 0) return;
      const isDamaged = async () => (await look()).length > 0;
      const mended = repair ? await removeDamagedCheckpoint(store, key, isDamaged) : undefined;
      const mention = references.mentionOf(key);
      damaged.push({ what: 'checkpoint', key, isSeen: true, mention, faults, repair: mended });
    });
  } finally {
    progress.close();
  }
  damaged.sort((a, b) => (a.what + a.key < b.what + b.key ? -1 : 1));
  const code = damaged.length === 0 ? exitCode.ok : exitCode.failed;
  const seconds = (now() - began) / 1000;
  if (json) {
    const totals = {
      artifacts: artifacts.length,
      checkpoints: sizes.size,
      damaged: damaged.length,
      bytes,
      seconds,
    };
    stdout.write(`${JSON.stringify({ damaged: damaged.map(damagedJson), totals })}\n`);
    return code;
  }
  const { colour, symbols, spell } = lookOf(stdout, environment);
  for (const found of damaged) {
    const { what, key, mention, faults } = found;
    const head = `${colour.red(symbols.failed)} ${shortKey(key)}  ${what === 'checkpoint' ? 'checkpoint of ' : ''}${describeMention(mention)}`;
    const lines = [
      head,
      ...faults.map((fault) => `    ${oneLine(fault)}`),
      `  ${symbols.arrow} ${outcomeOf(found)}`,
    ];
    stdout.write(spell(`${lines.join('\n')}\n`));
  }
  const compared = `${formatBytes(bytes)} compared in ${formatDuration(seconds)}`;
  const all =
    plural(artifacts.length, 'artifact') +
    (sizes.size === 0 ? '' : ` and ${plural(sizes.size, 'checkpoint')}`);
  const verdict =
    damaged.length === 0
      ? `${colour.green(symbols.done)} ${all} in ${shownPath(store, directory)}, nothing damaged: ${compared}`
      : `\n${damaged.length} of ${all} damaged: ${compared}`;
  const isLeft = damaged.some((found) => found.repair === undefined);
  const help = isLeft ? '\n  help: wassermill cache verify --repair removes what is damaged' : '';
  stdout.write(spell(`${verdict}${help}\n`));
  return code;
}

/** What comes of a damaged artifact, for its reader. */
function outcomeOf({ what, isSeen, repair }: Damaged): string {
  if (what === 'checkpoint') return checkpointOutcome(repair);
  if (repair === undefined) {
    return isSeen
      ? 'its stage runs again, the next time it is planned'
      : 'its stage runs again, as soon as another is to read it';
  }
  switch (repair.state) {
    case 'removed':
      return 'removed: its stage runs again';
    case 'mended':
      return 'it has been made again meanwhile';
    case 'in_use':
      return `left to ${describeProcess(repair.owner)}, which is making it`;
  }
}

function checkpointOutcome(repair: Repair | undefined): string {
  switch (repair?.state) {
    case undefined:
      return 'its stage starts from the beginning';
    case 'removed':
      return 'removed: its stage starts from the beginning';
    case 'mended':
      return 'it has been saved again meanwhile, or its stage is done';
    case 'in_use':
      return `left to ${describeProcess(repair.owner)}, which works on it`;
  }
}

function damagedJson({ what, key, mention, faults, repair }: Damaged) {
  return {
    what,
    key,
    pipeline: mention?.pipeline ?? null,
    stage: mention?.stage ?? null,
    kind: mention?.kind ?? null,
    faults,
    repair: repair?.state ?? null,
  };
}
