// The test command: build, types, lint, format, layers, unused code, then every test. Ends with one line of counts.
// With --acceptance it runs the acceptance tests instead (fresh clones, real data, real servers).
// The counts are added to the file that the environment variable CHECK_COUNTS names, too, if there is one.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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
  if (!told(name, started, status)) finish({ passed: 0, failed: 1, skipped: 0 });
}

/**
 * Steps that do not need each other, as many at a time as there are cores. What one prints is shown when it has ended.
 * @param {readonly (readonly [name: string, command: readonly string[]])[]} steps the longest first
 */
async function sideBySide(steps) {
  const waiting = [...steps];
  let failed = 0;
  const takeOver = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await stepBeside(...next))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, takeOver));
  if (failed > 0) finish({ passed: 0, failed, skipped: 0 });
}

/** @param {string} name @param {readonly string[]} command @returns {Promise<boolean>} whether it succeeded */
async function stepBeside(name, command) {
  const started = Date.now();
  const [program, ...args] = command;
  const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) };
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [status] = await once(child, 'close');
  process.stdout.write(`\n▶ ${name}\n${output}`);
  return told(name, started, status);
}

/** @param {string} name @param {number} started @param {number | null} status @returns {boolean} */
function told(name, started, status) {
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(status === 0 ? `✓ ${name} (${seconds} s)` : `\n✗ ${name} failed`);
  return status === 0;
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

/** Runs the tests of projects of vitest.config.ts, and says which were skipped. @param {string} project with wildcards */
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
  const environment = [process.execPath, 'scripts/python-env.mjs'];
  const old = ['--folder', '.venv-mlflow-2', '--requirements', 'scripts/requirements-mlflow-2.txt'];
  await sideBySide([
    ['Python environment', environment],
    ['Python environment of an old MLflow', [...environment, ...old]],
  ]);
  finish(tests('acceptance*'));
}
await sideBySide([
  ['lint', [bin('eslint'), '.']],
  ['types', [bin('tsc'), '-p', 'tsconfig.json']],
  ['format', [bin('prettier'), '--check', '--log-level', 'warn', '.']],
  ['layers', [bin('depcruise'), 'src']],
  ['unused code', [bin('knip')]],
  ['package', [bin('publint'), '--strict']],
]);
finish(tests('unit'));
