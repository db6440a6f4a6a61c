import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { SourceText } from '../diagnostics/range.js';
import { errorCode } from '../files/file-errors.js';

/** Bytes of the largest pipeline file that is read: a data file named by mistake costs neither time nor memory. */
const largestPipeline = 2 ** 20;

/** Reads the text of a pipeline file, or says why that cannot be. */
export async function readPipeline(
  file: string,
  directory: string,
): Promise<Result<SourceText, readonly Diagnostic[]>> {
  const absolute = path.resolve(directory, file);
  try {
    const bytes = await firstBytes(absolute, largestPipeline + 1);
    if (bytes === undefined || bytes.length > largestPipeline) {
      return unreadable(
        `${file} is larger than 1 MiB, which no pipeline is`,
        'name the pipeline, not its data',
      );
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return unreadable(`${file} is not text`, 'name the pipeline itself');
    return ok({ name: file, path: absolute, text });
  } catch (error) {
    return unreadable(...(await readingFault(file, absolute, error)));
  }
}

/** Undefined of a file of as many bytes or more, which is not read; of a pipe or a device, nobody knows the size. */
async function firstBytes(file: string, count: number): Promise<Buffer | undefined> {
  const handle = await open(file);
  try {
    const status = await handle.stat();
    if (status.isFile() && status.size >= count) return undefined;
    const bytes = Buffer.alloc(count);
    let length = 0;
    for (let read = -1; read !== 0 && length < count; length += read) {
      read = (await handle.read(bytes, length, count - length)).bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}

const exampleOfUse = 'name a pipeline file, as in `wassermill run pipelines/quickstart.yaml`';

async function readingFault(
  file: string,
  absolute: string,
  error: unknown,
): Promise<readonly [message: string, help: string]> {
  switch (errorCode(error)) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR': {
      const near = await nearestFile(absolute);
      const help = near === undefined ? exampleOfUse : `did you mean ${path.join(path.dirname(file), near)}?`;
      return [`there is no file ${file}`, help];
    }
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return [`${file} is not UTF-8 text`, 'name the pipeline itself, and save it as UTF-8'];
    case 'EISDIR':
      return [`${file} is a folder`, exampleOfUse];
    case 'EACCES':
    case 'EPERM':
      return [`${file} may not be read by this user`, 'change its permissions'];
    default:
      return [
        `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        exampleOfUse,
      ];
  }
}

/** The name of a file beside the missing one that it may stand for. */
async function nearestFile(missing: string): Promise<string | undefined> {
  const entries = await readdir(path.dirname(missing), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  // Without the extension, which would make any two pipelines alike.
  const stems = new Map(files.map((name) => [path.parse(name).name, name]));
  return stems.get(nearest(path.parse(missing).name, [...stems.keys()]) ?? '');
}

function unreadable(message: string, help: string): Result<never, readonly Diagnostic[]> {
  return err([{ code: 'pipeline-unreadable', severity: 'error', message, notes: [], help }]);
}
