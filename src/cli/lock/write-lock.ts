import { lstat, open } from 'node:fs/promises';
import path from 'node:path';

import type { JsonValue } from '../../base/json.js';
import { required } from '../../base/invariant.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { writeFileAtomic } from '../../files/atomic-write.js';
import { errorCode } from '../../files/file-errors.js';
import type { StageDraft } from '../../plan/stage-drafts.js';
import type { StageId } from '../../plan/types.js';
import { nodeAt } from '../../source/node-at.js';
import { isInside, projectOf } from '../extended-files.js';
import { packageVersion } from '../package.js';
import { thisInstallation, type PlannedPipeline } from '../planning.js';
import { largestLock, lockDigest, lockFormat, lockVersion, type LockContent } from './contract.js';

/**
 * Writes a plan down as a file that `run --plan` runs, or says why it cannot be written there.
 * @param directory Absolute path of the working directory.
 */
export async function writeLock(
  file: string,
  pipeline: PlannedPipeline,
  directory: string,
): Promise<Result<undefined, readonly Diagnostic[]>> {
  const absolute = path.resolve(directory, file);
  const unwritable = (fault: string, help: string): Result<never, readonly Diagnostic[]> =>
    err([{ code: 'lock-unwritable', severity: 'error', message: `${file} ${fault}`, notes: [], help }]);
  try {
    if (!(await isFree(absolute))) {
      return unwritable(
        'is there already, and is not a frozen plan',
        'name another file, or remove this one first',
      );
    }
    const text = lockTextOf(lockContentOf(path.dirname(absolute), pipeline));
    if (Buffer.byteLength(text) > largestLock * 2 ** 20) {
      return unwritable(`would be larger than ${largestLock} MiB`, 'freeze a part of the sweep at a time');
    }
    await writeFileAtomic(absolute, text);
    return ok(undefined);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (['ENOENT', 'ENOTDIR'].includes(code)) {
      const folder = path.dirname(file);
      return unwritable(
        `cannot be written: there is no folder ${folder}`,
        'make the folder, or name another one',
      );
    }
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) {
      return unwritable('may not be written by this user', 'name another folder, or change its permissions');
    }
    throw error;
  }
}

/** Whether nothing is there, or a frozen plan, whole or not. */
async function isFree(file: string): Promise<boolean> {
  const found = await lstat(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return true;
  if (!found.isFile()) return false;
  const handle = await open(file);
  try {
    const start = Buffer.alloc(beginning.length);
    await handle.read(start, 0, start.length, 0);
    return start.toString() === beginning;
  } finally {
    await handle.close();
  }
}

const beginning = `{\n"format": "${lockFormat}",\n`;

/** An entry a line, so that two of them can be compared, and a sweep is not spread over a million lines. */
function lockTextOf(content: LockContent): string {
  const digest = lockDigest(content);
  const head = `"version": ${lockVersion},\n"digest": "${digest}",\n`;
  const members = Object.entries(content).map(([name, value]) => `${JSON.stringify(name)}: ${lines(value)}`);
  return `${beginning}${head}"content": {\n${members.join(',\n')}\n}\n}\n`;
}

function lines(value: JsonValue): string {
  return Array.isArray(value) && value.length > 0
    ? `[\n${value.map((item) => JSON.stringify(item)).join(',\n')}\n]`
    : JSON.stringify(value);
}

/** What a frozen plan says that lies in this folder. */
function lockContentOf(folder: string, pipeline: PlannedPipeline): LockContent {
  const { source, extended, planned } = pipeline;
  const { overrides, directory } = pipeline.changes;
  const { backend, backendVersion, implementations } = thisInstallation(planned.plan.backend);
  const kinds = new Set(planned.plan.stages.map(({ kind }) => kind));
  const place = placing(folder, source.path);
  return {
    wassermill: packageVersion(),
    backend,
    backendVersion,
    implementations: Object.fromEntries([...kinds].map((kind) => [kind, implementations[kind]])),
    overrides: [...overrides],
    ...(overrides.length > 0 && { directory: place(directory) }),
    texts: [source, ...extended].map(({ path, text }) => ({ path: place(path), text })),
    sources: planned.plan.stages.flatMap(({ id }) => lockedSources(pipeline, id)),
    stages: planned.plan.stages.map(({ id, kind, key }) => ({
      id,
      kind,
      key,
      fields: draftOf(pipeline, id).identity,
    })),
  };
}

/**
 * How paths are written: from the folder of the frozen plan where it and the pipeline are moved together, which are
 * those that lie in one project; else absolute.
 */
function placing(folder: string, pipeline: string): (path: string) => string {
  const project = projectOf(path.dirname(pipeline));
  const together = isInside(folder, project) || isInside(pipeline, folder);
  return (file) =>
    together && (isInside(file, project) || isInside(file, folder))
      ? path.relative(folder, file) || '.'
      : file;
}

function draftOf({ planned }: PlannedPipeline, stage: StageId): StageDraft {
  return required(planned.drafts.get(stage), `draft of ${stage}`);
}

function lockedSources(pipeline: PlannedPipeline, stage: StageId): LockContent['sources'] {
  const draft = draftOf(pipeline, stage);
  const { origins } = required(pipeline.planned.experiments.get(stage), `experiment of ${stage}`);
  return draft.sources.map((source) => {
    const node = nodeAt(origins, [...draft.path, ...source.field]);
    return {
      stage,
      field: [...source.field],
      path: node?.kind === 'scalar' ? (node.shown ?? source.path) : source.path,
      digest: required(pipeline.sources.answered(source), `digest of ${source.path}`),
    };
  });
}
