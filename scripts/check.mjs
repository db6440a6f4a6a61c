// The test command: build, types, lint, format, layers, unused code, then every test. Ends with one line of counts.
// With --acceptance it runs the acceptance tests instead (fresh clones, real data, real servers).
// The counts are added to the file that the environment variable CHECK_COUNTS names, too, if there is one.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
    finish({ passed: 0, failed: 1, skipped: 0 });
  }
  console.log(`✓ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
function finish({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  if (process.env.CHECK_COUNTS) appendFileSync(process.env.CHECK_COUNTS, `${line}\n`);
  console.log(line);
  process.exit(failed === 0 ? 0 : 1);
}

/** @param {string} tool */
const bin = (tool) => path.join(root, 'node_modules', '.bin', tool);

/** Runs the tests of a project of vitest.config.ts, and says which were skipped. @param {string} project */
function tests(project) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-check-'));
  const report = path.join(folder, 'vitest.json');
  const { status } = spawnSync(
    bin('vitest'),
    ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { cwd: root, stdio: 'inherit' },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const all = testResults.flatMap(({ assertionResults }) => assertionResults);
    const passed = all.filter((test) => test.status === 'passed').length;
    const failed = all.filter((test) => test.status === 'failed').length;
    const skipped = all.filter((test) => test.status !== 'passed' && test.status !== 'failed');
    // Why is part of their names.
    for (const test of skipped) console.log(`skipped: ${test.fullName}`);
    // A file that cannot be loaded, or an error outside any test, has no failed test.
    return { passed, failed: status === 0 ? failed : Math.max(failed, 1), skipped: skipped.length };
  } catch {
    console.log('✗ vitest wrote no report');
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

step('build', [process.execPath, 'scripts/build.mjs']);
step('native backend', [process.execPath, 'dist/cli/main.js', 'doctor', '--set-up']);
if (acceptance) {
  step('Python environment', [process.execPath, 'scripts/python-env.mjs']);
  step('Python environment of an old MLflow', [
    ...[process.execPath, 'scripts/python-env.mjs', '--folder', '.venv-mlflow-2'],
    ...['--requirements', 'scripts/requirements-mlflow-2.txt'],
  ]);
  finish(tests('acceptance'));
}
step('types', [bin('tsc'), '-p', 'tsconfig.json']);
step('lint', [bin('eslint'), '.']);
step('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']);
step('layers', [bin('depcruise'), 'src']);
step('unused code', [bin('knip')]);
step('package', [bin('publint'), '--strict']);
finish(tests('unit'));
