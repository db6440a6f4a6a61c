import { open, readdir } from 'node:fs/promises';
import path from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import type { DiagnosticCode } from '../diagnostics/codes.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { SourceText } from '../diagnostics/range.js';
import { errorCode } from '../files/file-errors.js';

/** What a text file on the command line is, for messages about one that cannot be read. */
export interface TextKind {
  readonly code: DiagnosticCode;
  /** As in `pipeline`. */
  readonly noun: string;
  /** MiB of the largest that is read: a data file named by mistake costs neither time nor memory. */
  readonly largest: number;
  /** How one is named, as the help of a message. */
  readonly example: string;
}

const pipelineText: TextKind = {
  code: 'pipeline-unreadable',
  noun: 'pipeline',
  largest: 1,
  example: 'name a pipeline file, as in `wassermill run pipelines/quickstart.yaml`',
};

/** Reads the text of a pipeline file, or says why that cannot be. */
export function readPipeline(
  file: string,
  directory: string,
): Promise<Result<SourceText, readonly Diagnostic[]>> {
  return readText(file, directory, pipelineText);
}

/** Reads a text file that the command line names, or says why that cannot be. */
export async function readText(
  file: string,
  directory: string,
  kind: TextKind,
): Promise<Result<SourceText, readonly Diagnostic[]>> {
  const absolute = path.resolve(directory, file);
  const { code, noun, largest } = kind;
  const unreadable = (message: string, help: string): Result<never, readonly Diagnostic[]> =>
    err([{ code, severity: 'error', message, notes: [], help }]);
  try {
    const limit = largest * 2 ** 20;
    const bytes = await firstBytes(absolute, limit + 1);
    if (bytes === undefined || bytes.length > limit) {
      return unreadable(
        `${file} is larger than ${largest} MiB, which no ${noun} is`,
        `name the ${noun}, not its data`,
      );
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return unreadable(`${file} is not text`, `name the ${noun} itself`);
    return ok({ name: file, path: absolute, text });
  } catch (error) {
    return unreadable(...(await readingFault(file, absolute, error, kind)));
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

async function readingFault(
  file: string,
  absolute: string,
  error: unknown,
  { noun, example }: TextKind,
): Promise<readonly [message: string, help: string]> {
  switch (errorCode(error)) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR': {
      const near = await nearestFile(absolute);
      const help = near === undefined ? example : `did you mean ${path.join(path.dirname(file), near)}?`;
      return [`there is no file ${file}`, help];
    }
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return [`${file} is not UTF-8 text`, `name the ${noun} itself, and save it as UTF-8`];
    case 'EISDIR':
      return [`${file} is a folder`, example];
    case 'EACCES':
    case 'EPERM':
      return [`${file} may not be read by this user`, 'change its permissions'];
    default:
      return [`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, example];
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
