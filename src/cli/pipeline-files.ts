import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { errorCode } from '../files/file-errors.js';

/** A file that a command line names, or one of a folder that it names. */
export interface PipelineFile {
  /** As it is shown. */
  readonly name: string;
  /** The argument that is a folder. */
  readonly folder: string | undefined;
}

export interface PipelineFiles {
  /** In the order of the arguments, those of a folder sorted; each once. */
  readonly files: readonly PipelineFile[];
  readonly problems: readonly Diagnostic[];
}

/**
 * The pipeline files that arguments stand for: a folder for every .yaml and .yml file below it, save in node_modules and
 * in folders that start with a dot. Links are not followed, so that nothing outside the folder is read, and nothing twice.
 */
export async function pipelineFiles(names: readonly string[], directory: string): Promise<PipelineFiles> {
  const problems: Diagnostic[] = [];
  const found = new Map<string, PipelineFile>();
  for (const name of names) {
    const absolute = path.resolve(directory, name);
    // What is not there, or may not be looked at, is told when it is read.
    const isFolder = await stat(absolute).then(
      (status) => status.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      found.set(absolute, { name, folder: undefined });
      continue;
    }
    const before = problems.length;
    const below = await filesBelow(absolute, name, problems);
    if (below.length === 0 && problems.length === before) problems.push(nothingIn(name));
    for (const file of below) {
      const key = path.resolve(directory, file);
      if (!found.has(key)) found.set(key, { name: file, folder: name });
    }
  }
  return { files: [...found.values()], problems };
}

async function filesBelow(folder: string, shown: string, problems: Diagnostic[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === undefined) throw error;
    problems.push(unreadable(shown));
    return [];
  });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = path.join(shown, entry.name);
    if (entry.isFile() && /\.ya?ml$/i.test(entry.name)) files.push(name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') {
      files.push(...(await filesBelow(path.join(folder, entry.name), name, problems)));
    }
  }
  return files;
}

function nothingIn(folder: string): Diagnostic {
  return problem(
    `there is no .yaml or .yml file in the folder ${folder}`,
    'name a folder with pipelines in it; links, node_modules and folders that start with a dot are passed by',
  );
}

function unreadable(folder: string): Diagnostic {
  return problem(`the folder ${folder} may not be read by this user`, 'change its permissions');
}

function problem(message: string, help: string): Diagnostic {
  return { code: 'pipeline-unreadable', severity: 'error', message, notes: [], help };
}
