import { join } from 'node:path';

import { digestBytes } from '../../base/digest.js';
import { finiteOrWord } from '../../base/finite-or-word.js';
import { numbersOf } from '../../execute/comparison-numbers.js';
import { artifactOf, type RunRecord, type StageRecord } from '../../execute/record.js';
import { stageName } from '../../plan/stage-name.js';
import type { Cell } from './cells.js';
import { keyOf } from './keys.js';
import type { TrackedArtifact } from './types.js';

/** The table of last values, in the form that `mlflow.load_table` reads. */
export const tablePath = 'metrics.json';

/** Files of a run's own folder that are shown with the whole, where they exist. */
const runFiles = ['report.html', 'resolved.yaml', 'plan.json'];

/** @param directory the run's own folder, absolute */
export function artifactsOf({ start }: RunRecord, cell: Cell, directory: string): TrackedArtifact[] {
  return [
    ...(cell.parent === undefined ? runFiles.map((name) => fileAt(name, join(directory, name))) : []),
    { path: tablePath, source: { kind: 'text', text: metricsTable(cell) } },
    ...cell.stages.flatMap((stage) => [
      ...picturesOf(stage, start.run),
      ...textsOf(stage),
      ...judgedFilesOf(stage),
    ]),
  ];
}

/** Of all cells in it, so that the whole shows what is compared side by side. */
function metricsTable({ whole }: Cell): string {
  const rows = whole.flatMap(({ stage, metrics }) => {
    const last = new Map(
      metrics.flatMap(({ step, values }) =>
        Object.entries(values).map(([name, value]) => [name, { step, value }] as const),
      ),
    );
    return [...last].map(([name, { step, value }]) => [stage.id, name, step, value]);
  });
  return JSON.stringify({ columns: ['stage', 'metric', 'step', 'value'], data: rows }, finiteOrWord);
}

/**
 * The pictures of a stage under the names by which MLflow's image slider finds key, step and time, each with a
 * thumbnail. The last part is unique in MLflow's own client; here it is a digest, so that a picture that is
 * sent again replaces itself.
 */
function picturesOf({ stage, outcome, images }: StageRecord, run: string): TrackedArtifact[] {
  const directory = artifactOf(outcome)?.directory;
  if (directory === undefined) return [];
  return images.flatMap(({ name, step, timestamp, file }) => {
    const key = keyOf(`${stageName(stage.id)}/${name}`).replaceAll('/', '~');
    const unique = uuidOf(`${run} ${stage.id} ${name} ${step}`);
    const path = `images/${key}+step+${step}+timestamp+${timestamp}+${unique}`;
    const source = join(directory, file);
    return [
      fileAt(`${path}.png`, source),
      { path: `${path}+compressed.png`, source: { kind: 'thumbnail' as const, file: source } },
    ];
  });
}

/** The texts of a stage under its name, so that what it wrote of a step is one file. */
function textsOf({ stage, outcome, texts }: StageRecord): TrackedArtifact[] {
  const directory = artifactOf(outcome)?.directory;
  if (directory === undefined) return [];
  return texts.map(({ file }) => fileAt(`${keyOf(stageName(stage.id))}/${file}`, join(directory, file)));
}

/** Where the numbers of a comparison are, as a table of MLflow's. */
export function comparisonPath({ stage }: Pick<StageRecord, 'stage'>): string {
  return `${keyOf(stageName(stage.id))}/comparison.json`;
}

/** What a stage that judges or compares has written, and its table as MLflow shows tables. */
function judgedFilesOf(record: StageRecord): TrackedArtifact[] {
  const { stage, outcome, comparison, verdict } = record;
  const artifact = artifactOf(outcome);
  if (artifact === undefined || (comparison ?? verdict) === undefined) return [];
  const written = artifact.files
    .filter(({ path }) => /^(verdict|table)\./.test(path))
    .map(({ path }) => fileAt(`${keyOf(stageName(stage.id))}/${path}`, join(artifact.directory, path)));
  if (comparison === undefined) return written;
  const text = JSON.stringify(numbersOf(comparison), finiteOrWord);
  return [...written, { path: comparisonPath(record), source: { kind: 'text', text } }];
}

export function fileAt(path: string, file: string): TrackedArtifact {
  return { path, source: { kind: 'file', file } };
}

/** The digest of a text in the form of a UUID. */
function uuidOf(text: string): string {
  return digestBytes(text)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
