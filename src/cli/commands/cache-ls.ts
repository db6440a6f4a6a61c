import path from 'node:path';

import { formatBytes, formatDuration, plural } from '../../base/format.js';
import { bytesIn, shelved, takeInventory, type FoundDraft } from '../../cache/inventory.js';
import { describeProcess } from '../../files/process-identity.js';
import { shownPath } from '../../files/shown-path.js';
import { artifactJson } from '../cached/artifact-json.js';
import { artifactTable, describeMention, shortKey, type ListedArtifact } from '../cached/artifact-table.js';
import { checkpointJson, listedCheckpoint, type ListedCheckpoint } from '../cached/checkpoints.js';
import { checkpointTable, countOfCheckpoints } from '../cached/checkpoint-table.js';
import { References } from '../cached/references.js';
import type { Sorting } from '../cached/sortings.js';
import { exitCode, type ExitCode } from '../exit-code.js';
import type { Surroundings } from '../surroundings.js';
import { widthOf } from '../terminal-features.js';
import { lookOf, type Look } from '../terminal/look.js';
import { oneLine, wrap } from '../terminal/text.js';

export interface CacheLsOptions {
  /** Absolute path of the folder of outputs. */
  readonly runs: string;
  readonly sort: Sorting;
  readonly json: boolean;
}

interface MeasuredDraft extends FoundDraft {
  readonly bytes: number;
}

/** Says what the cache holds, and what is damaged or unfinished in it. Writes nothing. */
export async function cacheLs(
  { runs, sort, json }: CacheLsOptions,
  { stdout, environment, directory, now }: Surroundings,
): Promise<ExitCode> {
  const store = path.join(runs, 'store');
  const { keys, drafts, checkpoints: checkpointed, strays } = await takeInventory(store);
  const references = await References.read(runs);
  const artifacts: ListedArtifact[] = [];
  for (const key of keys) {
    const artifact = await shelved(store, key);
    const mention = references.mentionOf(key);
    if (artifact) artifacts.push({ ...artifact, ...(mention && { mention }) });
  }
  artifacts.sort(orders[sort]);
  const checkpoints: ListedCheckpoint[] = [];
  for (const key of checkpointed) {
    const checkpoint = await listedCheckpoint(store, key, references);
    if (checkpoint) checkpoints.push(checkpoint);
  }
  checkpoints.sort((a, b) => (sort === 'size' ? b.bytes - a.bytes : b.saved - a.saved));
  const measured: MeasuredDraft[] = [];
  for (const draft of drafts) measured.push({ ...draft, bytes: await bytesIn(draft.directory) });
  const totals = {
    artifacts: artifacts.length,
    bytes: sum(artifacts.map(({ bytes }) => bytes)),
    seconds: sum(artifacts.map(secondsOf)),
  };
  if (json) {
    const described = measured.map(({ directory: folder, owner, isAlive, bytes }) => ({
      folder,
      owner: describeProcess(owner),
      alive: isAlive,
      bytes,
    }));
    const whole = {
      artifacts: artifacts.map(artifactJson),
      checkpoints: checkpoints.map(checkpointJson),
      drafts: described,
      strays,
      totals,
    };
    stdout.write(`${JSON.stringify(whole)}\n`);
    return exitCode.ok;
  }
  const look = lookOf(stdout, environment);
  const shown = shownPath(store, directory);
  if (artifacts.length === 0) {
    const nothing = checkpoints.length === 0 ? 'is empty' : 'holds no result yet';
    stdout.write(look.spell(`The cache in ${shown} ${nothing}.\n`));
  } else {
    const [head = '', ...rows] = artifactTable(artifacts, widthOf(stdout), now(), look.symbols.ellipsis);
    const total = `${plural(totals.artifacts, 'artifact')} in ${shown}: ${formatBytes(totals.bytes)}, ${formatDuration(totals.seconds)} of work`;
    stdout.write(look.spell(`${[look.colour.dim(head), ...rows, '', total].join('\n')}\n`));
  }
  if (checkpoints.length > 0) {
    const rows = checkpointTable(checkpoints, widthOf(stdout), now(), look.symbols.ellipsis);
    stdout.write(look.spell(`${checkpointLines(checkpoints, rows, look).join('\n')}\n`));
  }
  const notes = [...damageLines(artifacts, look), ...draftLines(measured), ...strayLines(strays)];
  const lines = notes.flatMap((note) => wrap(note, widthOf(stdout)));
  if (lines.length > 0) stdout.write(look.spell(`${lines.join('\n')}\n`));
  return exitCode.ok;
}

const orders: Readonly<Record<Sorting, (a: ListedArtifact, b: ListedArtifact) => number>> = {
  age: (a, b) => b.made - a.made,
  size: (a, b) => b.bytes - a.bytes,
  took: (a, b) => secondsOf(b) - secondsOf(a),
};

function secondsOf({ found }: ListedArtifact): number {
  return found.state === 'hit' ? found.artifact.seconds : 0;
}

function damageLines(artifacts: readonly ListedArtifact[], { colour, symbols }: Look): readonly string[] {
  return artifacts.flatMap(({ key, found, mention }) =>
    found.state === 'damaged'
      ? [
          `${colour.red(symbols.failed)} ${shortKey(key)} is damaged: ${oneLine(found.reason)}; its stage runs again (${describeMention(mention)})`,
        ]
      : [],
  );
}

function checkpointLines(
  checkpoints: readonly ListedCheckpoint[],
  [head = '', ...rows]: readonly string[],
  { colour }: Look,
): readonly string[] {
  const total = `${countOfCheckpoints(checkpoints.length)}: ${formatBytes(sum(checkpoints.map(({ bytes }) => bytes)))}`;
  return ['', colour.dim(head), ...rows, '', total];
}

function draftLines(drafts: readonly MeasuredDraft[]): readonly string[] {
  const dead = drafts.filter(({ isAlive }) => !isAlive);
  const living = drafts.filter(({ isAlive }) => isAlive);
  const bytes = formatBytes(sum(dead.map((draft) => draft.bytes)));
  return [
    ...living.map(
      ({ owner, bytes: size }) => `${describeProcess(owner)} is making one (${formatBytes(size)})`,
    ),
    ...(dead.length === 0
      ? []
      : [
          `${plural(dead.length, 'unfinished artifact')} of dead processes, ${bytes}; see wassermill cache gc`,
        ]),
  ];
}

function strayLines(strays: readonly string[]): readonly string[] {
  return strays.length === 0
    ? []
    : [`not the cache's own, and never read: ${oneLine(strays.slice(0, 5).join(', '))}`];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
