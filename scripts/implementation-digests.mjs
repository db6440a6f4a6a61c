// The identity of a stage's code: a digest of its compiled module and of everything that it imports, without
// comments, so that a changed helper reruns what used it and a changed comment does not.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import ts from 'typescript';

const kinds = ['dataset', 'train', 'evaluate', 'sample'];

/**
 * @param {string} dist folder of compiled modules
 * @returns {Record<string, string>} SHA-256 by kind of stage
 */
export function implementationDigests(dist) {
  return Object.fromEntries(
    kinds.map((kind) => [kind, closureDigest(dist, path.join(dist, 'stages', `${kind}.js`))]),
  );
}

/** @param {string} dist @param {string} entry */
function closureDigest(dist, entry) {
  const modules = new Map();
  const packages = new Set();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (modules.has(file)) continue;
    const text = readFileSync(file, 'utf8');
    modules.set(file, withoutComments(text));
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.')) pending.push(path.resolve(path.dirname(file), fileName));
      else if (!fileName.startsWith('node:')) packages.add(installedVersion(packageName(fileName)));
    }
  }
  const hash = createHash('sha256');
  for (const file of [...modules.keys()].sort()) {
    hash.update(`${path.relative(dist, file)}\0${modules.get(file)}\0`);
  }
  for (const installed of [...packages].sort()) hash.update(`${installed}\0`);
  return hash.digest('hex');
}

/** @param {string} text */
function withoutComments(text) {
  return ts.transpileModule(text, {
    compilerOptions: { removeComments: true, target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  }).outputText;
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string} name */
function installedVersion(name) {
  // Not `name/package.json`: a package's `exports` may hide it. The lock file always says.
  const lock = createRequire(import.meta.url)('../package-lock.json');
  const entry = lock.packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`${name} is imported but not in package-lock.json`);
  return `${name}@${entry.version}`;
}
