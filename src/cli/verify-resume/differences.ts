import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { formatCount } from '../../base/format.js';
import { sizeOf } from '../../base/shape.js';
import type { MetricsEvent, StageEvent } from '../../execute/contract.js';
import type { WeightsManifest } from '../../stages/weights-files.js';
import type { Attempt } from './attempt.js';

/** What was compared, and what of it is not equal: a line each, the earliest first. */
export interface Comparison {
  readonly files: number;
  readonly tensors: number;
  readonly metrics: number;
  readonly differences: readonly string[];
}

/** Holds what two trainings left and reported against each other, bit by bit. Times of day do not count. */
export async function compareTrainings(straight: Attempt, resumed: Attempt): Promise<Comparison> {
  const [before, after] = [await contentsOf(straight.output), await contentsOf(resumed.output)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differences = [
    ...historyDifferences(metricsOf(straight.events), metricsOf(resumed.events)),
    ...noteDifferences(straight.events, resumed.events),
  ];
  let tensors = 0;
  for (const file of paths) {
    const [was, is] = [before.get(file), after.get(file)];
    const manifest = file.endsWith('.bin') ? manifestOf(before.get(file.replace(/bin$/, 'json'))) : [];
    tensors += manifest.length;
    if (was === undefined || is === undefined) {
      differences.push(`${file}: only ${was === undefined ? 'resumed' : 'straight'}`);
    } else if (!was.equals(is)) {
      differences.push(...(manifest.length > 0 ? tensorDifferences(file, manifest, was, is) : [file]));
    }
  }
  const metrics = metricsOf(straight.events).reduce((sum, { values }) => sum + Object.keys(values).length, 0);
  return { files: paths.length, tensors, metrics, differences };
}

type Specs = WeightsManifest['weightsManifest'][0]['weights'];

function manifestOf(json: Buffer | undefined): Specs {
  if (json === undefined) return [];
  return (JSON.parse(json.toString('utf8')) as WeightsManifest).weightsManifest[0].weights;
}

function tensorDifferences(file: string, specs: Specs, was: Buffer, is: Buffer): readonly string[] {
  let offset = 0;
  return specs.flatMap(({ name, shape }) => {
    const indices = Array.from({ length: sizeOf(shape) }, (_, index) => index);
    const start = offset;
    offset += 4 * indices.length;
    const different = indices.filter(
      (i) => was.readUInt32LE(start + 4 * i) !== is.readUInt32LE(start + 4 * i),
    );
    const [first] = different;
    if (first === undefined) return [];
    const [a, b] = [was, is].map((bytes) => bytes.readFloatLE(start + 4 * first));
    const count = `${formatCount(different.length)} of ${formatCount(indices.length)} values`;
    return [`tensor ${name} in ${file}: ${count}, the first ${String(a)} straight and ${String(b)} resumed`];
  });
}

function metricsOf(events: readonly StageEvent[]): readonly MetricsEvent[] {
  return events.filter((event) => event.type === 'metrics');
}

/** The first step at which the histories part. */
function historyDifferences(
  straight: readonly MetricsEvent[],
  resumed: readonly MetricsEvent[],
): readonly string[] {
  for (const [index, { step, values }] of straight.entries()) {
    const other = resumed[index];
    if (other?.step !== step) return [`step ${step} is missing in the history, resumed`];
    for (const [name, value] of Object.entries(values)) {
      const again = other.values[name];
      if (Object.is(again, value)) continue;
      return [`${name} at step ${step}: ${String(value)} straight and ${String(again)} resumed`];
    }
  }
  return resumed.length > straight.length ? ['the history has more steps, resumed'] : [];
}

/** What the resumed training said alone, beside where it went on: that what it computed again was not the same. */
function noteDifferences(straight: readonly StageEvent[], resumed: readonly StageEvent[]): readonly string[] {
  const notesOf = (events: readonly StageEvent[]) =>
    events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  const common = new Set(notesOf(straight));
  return notesOf(resumed).filter((note) => !common.has(note) && !/^Resumed at [^(]*\.$/.test(note));
}

async function contentsOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = new Map<string, Buffer>();
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    contents.set(file.slice(folder.length + 1), await readFile(file));
  }
  return contents;
}
