// The test command: build, types, lint, format, layers, unused code, then every test. Ends with one line of counts.
// With --acceptance it runs the acceptance tests instead (fresh clones, real data, real servers).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const acceptance = process.argv.includes('--acceptance');

/** @param {string} name @param {readonly string[]} command */
function step(name, command) {
  const started = Date.now();
  console.log(`\n▶ ${name}`);
  const [program, ...args] = command;
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.log(`\n✗ ${name} failed`);
    console.log('0 passed, 1 failed, 0 skipped');
    process.exit(1);
  }
  console.log(`✓ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** @param {string} tool */
const bin = (tool) => path.join(root, 'node_modules', '.bin', tool);

step('build', [process.execPath, 'scripts/build.mjs']);
step('native backend', [process.execPath, 'dist/cli/main.js', 'doctor', '--set-up']);
if (!acceptance) {
  step('types', [bin('tsc'), '-p', 'tsconfig.json']);
  step('lint', [bin('eslint'), '.']);
  step('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']);
  step('layers', [bin('depcruise'), 'src']);
  step('unused code', [bin('knip')]);
  step('package', [bin('publint'), '--strict']);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-check-'));
const report = path.join(folder, 'vitest.json');
const files = acceptance ? ['test/acceptance'] : ['--exclude', 'test/acceptance/**'];
const tests = spawnSync(
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files],
  { cwd: root, stdio: 'inherit' },
);
let counts = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.log('✗ vitest wrote no report');
}
rmSync(folder, { recursive: true });
const skipped = counts.numPendingTests + counts.numTodoTests;
console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${skipped} skipped`);
process.exit(tests.status ?? 1);
