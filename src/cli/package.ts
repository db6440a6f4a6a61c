import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { required } from '../base/invariant.js';

/** The package's own folder, where `package.json`, `schemas` and `pipelines` are. */
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The version in our own package.json. */
export function packageVersion(): string {
  return versionIn(new URL('../../package.json', import.meta.url));
}

/** The version of an installed dependency whose package.json is not hidden by its `exports`. */
export function dependencyVersion(name: string): string {
  return versionIn(new URL(import.meta.resolve(`${name}/package.json`)));
}

function versionIn(file: URL): string {
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
  return required(version, `version in ${file.href}`);
}
