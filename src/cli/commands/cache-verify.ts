import path from 'node:path';

import pLimit from 'p-limit';

import { formatBytes, formatDuration, plural } from '../../base/format.js';
import { inspect, removeDamaged, type Repair } from '../../cache/inspect.js';
import { shelved, takeInventory, type Shelved } from '../../cache/inventory.js';
import { describeProcess } from '../../files/process-identity.js';
import { shownPath } from '../../files/shown-path.js';
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
  readonly artifact: Shelved;
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
  const { keys } = await takeInventory(store);
  const artifacts: Shelved[] = [];
  for (const key of keys) {
    const artifact = await shelved(store, key);
    if (artifact) artifacts.push(artifact);
  }
  const bytes = artifacts.reduce((sum, each) => sum + each.bytes, 0);
  const progress = createByteProgress('comparing', bytes, surroundings);
  const damaged: Damaged[] = [];
  try {
    const references = await References.read(runs);
    await pLimit(concurrentReads).map(artifacts, async (artifact) => {
      const { key } = artifact;
      const faults = await inspect(store, key, progress.add);
      if (faults.length === 0) return;
      const mended = repair ? await removeDamaged(store, key) : undefined;
      damaged.push({ artifact, mention: references.mentionOf(key), faults, repair: mended });
    });
  } finally {
    progress.close();
  }
  damaged.sort((a, b) => (a.artifact.key < b.artifact.key ? -1 : 1));
  const code = damaged.length === 0 ? exitCode.ok : exitCode.failed;
  const seconds = (now() - began) / 1000;
  if (json) {
    const totals = { artifacts: artifacts.length, damaged: damaged.length, bytes, seconds };
    stdout.write(`${JSON.stringify({ damaged: damaged.map(damagedJson), totals })}\n`);
    return code;
  }
  const { colour, symbols, spell } = lookOf(stdout, environment);
  for (const found of damaged) {
    const { artifact, mention, faults } = found;
    const head = `${colour.red(symbols.failed)} ${shortKey(artifact.key)}  ${describeMention(mention)}`;
    const lines = [
      head,
      ...faults.map((fault) => `    ${oneLine(fault)}`),
      `  ${symbols.arrow} ${outcomeOf(found)}`,
    ];
    stdout.write(spell(`${lines.join('\n')}\n`));
  }
  const compared = `${formatBytes(bytes)} compared in ${formatDuration(seconds)}`;
  const verdict =
    damaged.length === 0
      ? `${colour.green(symbols.done)} ${plural(artifacts.length, 'artifact')} in ${shownPath(store, directory)}, nothing damaged: ${compared}`
      : `\n${damaged.length} of ${plural(artifacts.length, 'artifact')} damaged: ${compared}`;
  const isLeft = damaged.some((found) => found.repair === undefined);
  const help = isLeft ? '\n  help: wassermill cache verify --repair removes what is damaged' : '';
  stdout.write(spell(`${verdict}${help}\n`));
  return code;
}

/** What comes of a damaged artifact, for its reader. */
function outcomeOf({ artifact, repair }: Damaged): string {
  if (repair === undefined) {
    return artifact.found.state === 'damaged'
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

function damagedJson({ artifact, mention, faults, repair }: Damaged) {
  return {
    key: artifact.key,
    pipeline: mention?.pipeline ?? null,
    stage: mention?.stage ?? null,
    kind: mention?.kind ?? null,
    faults,
    repair: repair?.state ?? null,
  };
}
