import { constants } from 'node:fs';
import { access, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode } from '../files/file-errors.js';
import type { ArtifactContent } from './mlflow/artifact-client.js';
import type { ArtifactSource, TrackedArtifact } from './tracked/types.js';

/** MLflow's own size for the pictures of its galleries, in pixels. */
const thumbnailSide = 256;

/**
 * The content of an artifact, or undefined where the file is gone (or was never written): reports are optional,
 * and a cache may be cleared.
 */
export async function contentOf(source: ArtifactSource): Promise<ArtifactContent | undefined> {
  if (source.kind === 'text') return { bytes: source.text };
  if (!(await exists(source.file))) return undefined;
  return source.kind === 'file' ? { file: source.file } : { bytes: await thumbnail(source.file) };
}

/** Writes an artifact to a file, and says whether there was something to write. */
export async function writeArtifact({ source }: TrackedArtifact, target: string): Promise<boolean> {
  const content = await contentOf(source);
  if (content === undefined) return false;
  await mkdir(dirname(target), { recursive: true });
  // A copy and not a link, because what a user does to a bundle must not reach the cache; where the file
  // system can share blocks between copies, it costs no space.
  if ('file' in content) await copyFile(content.file, target, constants.COPYFILE_FICLONE);
  else await writeFile(target, content.bytes);
  return true;
}

async function thumbnail(file: string): Promise<Buffer> {
  const size = {
    width: thumbnailSide,
    height: thumbnailSide,
    fit: 'inside',
    withoutEnlargement: true,
  } as const;
  // Loaded where there is a picture: what only sets a run up need not wait for it.
  const { default: sharp } = await import('sharp');
  return await sharp(file).resize(size).png().toBuffer();
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
