// The identity of a stage's code: a digest of its compiled module and of everything that it imports, without
// comments, so that a changed helper reruns what used it and a changed comment does not.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import ts from 'typescript';

const kinds = [
  'dataset',
  'train',
  'evaluate',
  'sample',
  'classifier',
  'extractor',
  'curves',
  'compare',
  'gate',
  'claim',
];

/**
 * What the build writes down: for each kind of stage the digest of its code and the names of the parts which that
 * consists of; for each part, a module's digest or a package's version, so that a change can be named.
 * @param {string} dist folder of compiled modules
 */
export function buildManifest(dist) {
  const closures = kinds.map((kind) => [kind, closureOf(dist, path.join(dist, 'stages', `${kind}.js`))]);
  const parts = Object.assign({}, ...closures.map(([, closure]) => closure.parts));
  return {
    implementations: Object.fromEntries(closures.map(([kind, { digest }]) => [kind, digest])),
    consistsOf: Object.fromEntries(closures.map(([kind, closure]) => [kind, Object.keys(closure.parts)])),
    parts: Object.fromEntries(Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** @param {string} dist @param {string} entry */
function closureOf(dist, entry) {
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
  const parts = {};
  for (const file of [...modules.keys()].sort()) {
    const name = path.relative(dist, file);
    hash.update(`${name}\0${modules.get(file)}\0`);
    parts[name] = createHash('sha256').update(modules.get(file)).digest('hex');
  }
  for (const installed of [...packages].sort()) {
    hash.update(`${installed}\0`);
    const at = installed.lastIndexOf('@');
    parts[installed.slice(0, at)] = installed.slice(at + 1);
  }
  return { digest: hash.digest('hex'), parts };
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
