import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Digest } from '../base/digest.js';
import { type StageContext, StageProblem } from '../execute/contract.js';
import { digestFile } from '../files/digest-file.js';
import type { RunnableFields } from '../spec/runnable.js';
import type { ModelFault } from '../tensor/user-models/fault.js';
import { soundGraphModel } from '../tensor/user-models/graph-model.js';
import { soundSavedModel } from '../tensor/user-models/saved-model.js';
import { type ExtractorManifest, extractorFiles } from './extractor-artifact.js';
import { copyModelFile, modelFilesIn, networkField, readModelFile } from './model-files.js';

type Fields = RunnableFields['extractor'];
type Given<Type extends Fields['network']['type']> = Extract<Fields['network'], { type: Type }>;
type Kept = Pick<ExtractorManifest, 'ports' | 'files'>;

/** Protocol buffers end at 2 GiB, and a graph that is half of that is in memory some times over. */
const mostGraph = 2 ** 30;
const mostText = 2 ** 28;
/** Of the weights in one file. */
const mostWeights = 2 ** 34;
/** Of all weights of a graph model, which are read at once, out of one file of the artifact: Node.js reads no more than that. */
const mostInMemory = 2 ** 31 - 1;

/**
 * Writes what is needed of a SavedModel into an empty folder.
 * @throws StageProblem where it may not be loaded.
 */
export async function keptSavedModel(
  wanted: Pick<Fields, 'input' | 'features' | 'logits'>,
  { path, signature }: Given<'saved_model'>,
  folder: string,
  signal: AbortSignal,
): Promise<Kept> {
  const sound = soundSavedModel(await readModelFile(path, 'saved_model.pb', mostGraph), signature, wanted);
  if (!sound.ok) throw problemOf(sound.error, join(path, 'saved_model.pb'));
  const { content, hasVariables, ports } = sound.value;
  await writeFile(join(folder, 'saved_model.pb'), content, { flag: 'wx' });
  const names = ['saved_model.pb'];
  if (hasVariables) {
    const found = ((await modelFilesIn(path, 'variables')) ?? []).filter((name) => ofVariables.test(name));
    if (!found.includes('variables.index') || found.length < 2) {
      throw new StageProblem(
        `${join(path, 'variables')} lacks the model’s variables: variables.index and variables.data-00000-of-00001, or more of these`,
        networkField,
        'Copy the whole folder that the model was saved in.',
      );
    }
    await mkdir(join(folder, 'variables'));
    for (const name of found) {
      signal.throwIfAborted();
      const relative = join('variables', name);
      await copyModelFile(path, relative, join(folder, relative), mostWeights);
      names.push(relative);
    }
  }
  return { ports, files: await digestsOf(folder, names, signal) };
}

const ofVariables = /^variables\.(index|data-\d{5}-of-\d{5})$/;

/**
 * Writes what is needed of a graph model into an empty folder.
 * @throws StageProblem where it may not be loaded.
 */
export async function keptGraphModel(
  wanted: Pick<Fields, 'input' | 'features' | 'logits'>,
  { path }: Given<'graph_model'>,
  folder: string,
  signal: AbortSignal,
): Promise<Kept> {
  const text = (await readModelFile(path, 'model.json', mostText)).toString('utf8');
  const sound = soundGraphModel(text, wanted);
  if (!sound.ok) throw problemOf(sound.error, join(path, 'model.json'));
  const { content, groups, ports } = sound.value;
  const weights: Uint8Array[] = [];
  let total = 0;
  for (const { paths, bytes } of groups) {
    const parts: Uint8Array[] = [];
    for (const name of paths) {
      signal.throwIfAborted();
      if (!plainName.test(name)) {
        throw new StageProblem(
          `model.json names the weights \`${name}\`, and weights lie beside it, in files of plain names`,
          networkField,
        );
      }
      parts.push(await readModelFile(path, name, Math.max(0, mostInMemory - total)));
      total += parts.at(-1)?.length ?? 0;
    }
    const found = parts.reduce((sum, { length }) => sum + length, 0);
    if (found !== bytes) {
      throw new StageProblem(
        `the weights in ${paths.join(', ')} have ${found} bytes, and model.json tells of ${bytes}`,
        networkField,
        'Copy all files of the model again.',
      );
    }
    weights.push(...parts);
  }
  await writeFile(join(folder, extractorFiles.model), JSON.stringify(content), { flag: 'wx' });
  await writeFile(join(folder, extractorFiles.weights), weights, { flag: 'wx' });
  return { ports, files: await digestsOf(folder, Object.values(extractorFiles), signal) };
}

const plainName = /^[\w-][\w.-]*$/;

async function digestsOf(
  folder: string,
  names: readonly string[],
  signal: StageContext<'extractor'>['signal'],
): Promise<Readonly<Record<string, Digest>>> {
  const digests: Record<string, Digest> = {};
  for (const name of names) digests[name] = await digestFile(join(folder, name), signal);
  return digests;
}

/** At the field that is at fault. */
export function problemOf({ at, message, help }: ModelFault, file?: string): StageProblem {
  const told = file !== undefined && at === 'path' ? `${file}: ${message}` : message;
  const field = at === 'path' ? networkField : at === 'signature' ? ['network', 'signature'] : [at];
  return new StageProblem(told, field, help);
}
