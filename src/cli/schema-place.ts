import { existsSync } from 'node:fs';
import path from 'node:path';

import { packageFolder } from './package.js';

const schema = path.join('schemas', 'pipeline.schema.json');

/** The file that is put beside a pipeline for which there is no installed schema. */
export const copiedSchema = 'wassermill.schema.json';

/**
 * Where editors find the schema of a pipeline in this folder, relative to it: in the package if the folder is part of
 * it, or where it is installed in a project above. Undefined where it is in neither, as with a global installation:
 * a path outside the project would lead nowhere on the machine of a colleague.
 */
export function schemaNear(folder: string): string | undefined {
  const near = inPackage(folder) ?? installedAbove(folder);
  if (near === undefined) return undefined;
  const relative = path.relative(folder, near);
  return relative.startsWith('..') ? relative : `./${relative}`;
}

/** The schema that comes with this package. */
export const packageSchema = path.join(packageFolder, schema);

function inPackage(folder: string): string | undefined {
  const relative = path.relative(packageFolder, folder);
  return relative.startsWith('..') || path.isAbsolute(relative) ? undefined : packageSchema;
}

function installedAbove(folder: string): string | undefined {
  for (let current = folder; ; current = path.dirname(current)) {
    const installed = path.join(current, 'node_modules', 'wassermill', schema);
    if (existsSync(installed)) return installed;
    if (path.dirname(current) === current) return undefined;
  }
}
