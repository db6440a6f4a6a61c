import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { digestBytes } from '../base/digest.js';
import { err, ok, type Result } from '../base/result.js';
import type { Artifact } from '../cache/contract.js';
import type { RunnableKind } from '../spec/runnable.js';
import { divergedFile, type Divergence } from './contract.js';

/** Whether an artifact is of a training that ended diverged; other kinds of stages may have files of that name. */
export function isDiverged({ kind }: { readonly kind: string }, { files }: Pick<Artifact, 'files'>): boolean {
  return kind === ('train' satisfies RunnableKind) && files.some(({ path }) => path === divergedFile);
}

/** How the training ended, undefined where as it was to; or what is wrong with the file that says so. */
export async function divergenceIn(
  stage: { readonly kind: string },
  artifact: Artifact,
): Promise<Result<Divergence | undefined, string>> {
  if (!isDiverged(stage, artifact)) return ok(undefined);
  let content: Buffer;
  try {
    content = await readFile(join(artifact.directory, divergedFile));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  const expected = artifact.files.find(({ path }) => path === divergedFile);
  if (digestBytes(content) !== expected?.digest) return err(`the content of ${divergedFile} has changed`);
  return ok(JSON.parse(content.toString('utf8')) as Divergence);
}
