import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { exitCode, type ExitCode } from '../exit-code.js';
import { packageFolder } from '../package.js';
import type { Surroundings } from '../surroundings.js';

/** Prints the JSON Schema: what editors check, or with `canonical` what stages receive. */
export async function schema(
  { canonical }: { readonly canonical: boolean },
  { stdout }: Surroundings,
): Promise<ExitCode> {
  const name = canonical ? 'pipeline.canonical.schema.json' : 'pipeline.schema.json';
  stdout.write(await readFile(path.join(packageFolder, 'schemas', name), 'utf8'));
  return exitCode.ok;
}
