import { errorCode } from '../files/file-errors.js';
import { contentFault, contentsOf } from './contents.js';
import type { ArtifactFile } from './contract.js';
import { markerFile } from './marker.js';

/**
 * What is wrong with an artifact's files, one after the other, each file's content being compared with its digest.
 * @param onRead Told of the bytes of each file that has been looked at.
 */
export async function* faultsIn(
  directory: string,
  files: readonly ArtifactFile[],
  onRead?: (bytes: number) => void,
): AsyncGenerator<string, void, undefined> {
  for (const file of files) {
    const fault = await contentFault(directory, file);
    if (fault !== undefined) yield fault;
    onRead?.(file.bytes);
  }
  const known = new Set([markerFile, ...files.map((file) => file.path)]);
  try {
    const { files: found, others } = await contentsOf(directory);
    // A stage that lists its input's folder would read a file that nobody wrote.
    for (const path of [...found, ...others]) if (!known.has(path)) yield `${path} was added afterwards`;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    yield 'it is gone';
  }
}
