import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Tests start the command line as it is built. Where dist is up to date this takes no time. */
export function setup(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
  // The others run all the same: a half-written source must not keep its neighbours from being tested.
  if (status !== 0) console.error('src does not compile: tests that start the command line will fail');
}
