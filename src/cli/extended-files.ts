import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { nearest } from '../base/suggest.js';
import type { SourceText } from '../diagnostics/range.js';
import { errorCode } from '../files/file-errors.js';
import type { ReadFault, ReadSource } from '../resolve/read-source.js';

const largestFile = 2 ** 20;

/**
 * Reads the files that a pipeline extends. They lie inside its project: a pipeline that somebody sends reads nothing
 * else of the machine, not through links either.
 */
export function extendedFiles(pipeline: string, directory: string): ReadSource {
  const project = projectOf(path.dirname(pipeline));
  return (file) => {
    // What lies outside the project is not even looked for.
    if (!isInside(file, project)) return err({ reason: 'outside', project });
    try {
      const real = realpathSync(file);
      if (!isInside(real, realpathSync(project))) return err({ reason: 'outside', project });
      return readText(real, { name: shownName(file, directory), path: file });
    } catch (error) {
      return err(faultOf(error, file));
    }
  };
}

/** The nearest folder above with a package.json or a repository in it, or else the folder itself. */
export function projectOf(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (['package.json', '.git'].some((name) => existsSync(path.join(current, name)))) return current;
    if (path.dirname(current) === current) return folder;
  }
}

export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function shownName(file: string, directory: string): string {
  return isInside(file, directory) ? path.relative(directory, file) : file;
}

function readText(file: string, source: Omit<SourceText, 'text'>): Result<SourceText, ReadFault> {
  const stat = statSync(file);
  if (!stat.isFile()) return err({ reason: 'unreadable', detail: 'is not a file' });
  if (stat.size > largestFile) return err({ reason: 'unreadable', detail: 'is larger than 1 MiB' });
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  if (text.includes('\0')) return err({ reason: 'unreadable', detail: 'is not text' });
  return ok({ ...source, text });
}

function faultOf(error: unknown, file: string): ReadFault {
  switch (errorCode(error)) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR':
      return { reason: 'missing', near: nearest(path.basename(file), namesBeside(file)) };
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { reason: 'unreadable', detail: 'is not UTF-8 text' };
    default:
      return { reason: 'unreadable', detail: `cannot be read (${String(errorCode(error))})` };
  }
}

function namesBeside(file: string): readonly string[] {
  const folder = path.dirname(file);
  return existsSync(folder) ? readdirSync(folder) : [];
}
