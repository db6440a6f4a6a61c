// Compiles src to dist and writes dist/build-manifest.json: for each kind of stage, the digest of the code that
// implements it. Bundles the command line. Does nothing where dist is newer than all that it is made from (by content, not by time).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { bundleCommandLine } from './bundle.mjs';
import { buildManifest } from './implementation-digests.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.built-from');

const sources = ['src', 'scripts'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name)),
);
const inputs = [...sources, 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
  .map((file) => path.resolve(root, file))
  .sort();
const hash = createHash('sha256');
for (const file of inputs) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file));
const builtFrom = hash.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== builtFrom) {
  // Beside dist, which stays as it is until the new one is whole.
  const next = mkdtempSync(path.join(root, 'dist-'));
  try {
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const options = ['-p', path.join(root, 'tsconfig.build.json'), '--outDir', next];
    const { status } = spawnSync(process.execPath, [tsc, ...options], { stdio: 'inherit' });
    if (status !== 0)
      process.exitCode = 1; // tsc has said why
    else await install(next);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** @param {string} next folder of compiled modules */
async function install(next) {
  const manifest = `${JSON.stringify(buildManifest(next), null, 2)}\n`;
  writeFileSync(path.join(next, 'build-manifest.json'), manifest);
  await bundleCommandLine(next, root);
  chmodSync(path.join(next, 'cli/main.js'), 0o755);
  chmodSync(next, 0o755);
  writeFileSync(path.join(next, '.built-from'), builtFrom);
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
}
