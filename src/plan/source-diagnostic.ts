import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { nodeAt } from '../source/node-at.js';
import type { PositionedMap } from '../source/document.js';
import type { UserSource } from './user-sources.js';
import type { SourceFault } from './world.js';

/** Why a data file cannot be read, at the field that names it. */
export function sourceDiagnostic(
  origins: PositionedMap,
  declaration: readonly string[],
  source: UserSource,
  fault: SourceFault,
): Diagnostic {
  const node = nodeAt(origins, [...declaration, ...source.field]);
  const range = node?.range;
  const variable = variableIn(node?.kind === 'scalar' ? node.shown : undefined);
  return {
    code: 'data-unreadable',
    severity: 'error',
    message: describe(source, fault),
    ...(range && { range }),
    notes: [],
    help: help(fault, variable),
  };
}

const kinds: Readonly<Record<UserSource['kind'], string>> = {
  file: 'file',
  folder: 'folder',
  data: 'file or folder',
};

function describe(source: UserSource, fault: SourceFault): string {
  switch (fault.reason) {
    case 'missing':
      return `there is no ${kinds[source.kind]} ${source.path}`;
    case 'wrong_kind':
      return `${source.path} is not a ${kinds[source.kind]}`;
    case 'unreadable':
      return `${source.path} cannot be read: ${fault.detail}`;
    case 'empty':
      return `${source.path} holds no files`;
  }
}

/** The environment variable that a path begins with, as records show it: `MNIST_DIR` of `${env:MNIST_DIR}/a.gz`. */
function variableIn(shown: string | undefined): string | undefined {
  return /\$\{env:(\w+)/.exec(shown ?? '')?.[1];
}

function help(fault: SourceFault, variable: string | undefined): string {
  const missing = fault.reason === 'missing' || fault.reason === 'wrong_kind';
  if (missing && variable !== undefined) {
    return `set the environment variable ${variable} to the folder that holds the data, as in \`export ${variable}=/path/to/data\``;
  }
  switch (fault.reason) {
    case 'missing':
      return 'put the data there, or name the right path; relative paths count from the folder of this file';
    case 'wrong_kind':
      return 'name the right path; relative paths count from the folder of this file';
    case 'unreadable':
      return 'check the permissions of the path and of the folders above it';
    case 'empty':
      return 'name a folder with files in it';
  }
}
