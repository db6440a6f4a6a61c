import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { nodeAt } from '../source/node-at.js';
import type { PositionedMap } from '../source/document.js';
import type { DatasetSource } from './dataset-sources.js';
import type { SourceFault } from './world.js';

/** Why a data file cannot be read, at the field that names it. */
export function sourceDiagnostic(
  origins: PositionedMap,
  declaration: readonly string[],
  source: DatasetSource,
  fault: SourceFault,
): Diagnostic {
  const range = nodeAt(origins, [...declaration, ...source.field])?.range;
  return {
    code: 'data-unreadable',
    severity: 'error',
    message: describe(source, fault),
    ...(range && { range }),
    notes: [],
    help: help(fault),
  };
}

function describe(source: DatasetSource, fault: SourceFault): string {
  switch (fault.reason) {
    case 'missing':
      return `there is no ${source.kind} ${source.path}`;
    case 'wrong_kind':
      return `${source.path} is not a ${source.kind}`;
    case 'unreadable':
      return `${source.path} cannot be read: ${fault.detail}`;
    case 'empty':
      return `${source.path} holds no files`;
  }
}

function help(fault: SourceFault): string {
  switch (fault.reason) {
    case 'missing':
      return 'put the data there, or name the right path; relative paths count from the folder of this file';
    case 'wrong_kind':
      return 'name the right path; relative paths count from the folder of this file';
    case 'unreadable':
      return 'check the permissions of the path and of the folders above it';
    case 'empty':
      return 'name a folder with images in it';
  }
}
