// What tracking costs: metrics from a run's events to an MLflow server with one SQLite file, beside Python's own client, and to a
// bundle. docs/performance.md says how to read it.
//
//     node scripts/python-env.mjs
//     node scripts/build.mjs && node bench/mlflow.mjs [--python .venv/bin/python] [--metrics 20000] [--bundle 1000000] [--rounds 3]
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { updateBundle } from '../dist/tracking/bundle/bundle.js';
import { Journal, journalPath } from '../dist/tracking/journal.js';
import { createTracking } from '../dist/tracking/tracking.js';
import { load, machine } from './support/machine.mjs';
import { median, range } from './support/numbers.mjs';

const beside = (file) => fileURLToPath(new URL(file, import.meta.url));

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: beside('../.venv/bin/python') },
    metrics: { type: 'string', default: '20000' },
    bundle: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    // Of this script itself: the bundle is made in a process of its own, so that its memory is seen.
    make: { type: 'string' },
  },
});
const count = Number(options.metrics);
const bundled = Number(options.bundle);
/** Python's calls take 10 ms each. */
const called = 300;

const stage = { id: 'train', kind: 'command', fields: {}, inputs: [], after: [], key: '0'.repeat(64) };

/** A run whose one stage tells `metrics` values, `each` at a time. */
function* eventsOf(run, metrics, each) {
  const time = Date.now();
  const provenance = { wassermill: '0', node: '', backend: '', tensorflow: '', cpu: '', cores: 1 };
  const told = { git: undefined, pipelineFile: 'bench.yaml', user: 'bench' };
  yield {
    ...{ type: 'run_started', time, run, pipeline: 'bench', desc: undefined, specification: {} },
    ...{ stages: [stage], provenance: { ...provenance, ...told } },
  };
  yield { type: 'stage_started', time, stage: 'train' };
  for (let step = 1; step * each <= metrics; step += 1) {
    const values = Object.fromEntries(
      Array.from({ length: each }, (_, index) => [`m${index}`, Math.sin(step + index)]),
    );
    yield {
      type: 'stage_reported',
      stage: 'train',
      event: { type: 'metrics', step, timestamp: time + step, values },
    };
  }
  const failure = { reason: 'interrupted' };
  yield { type: 'stage_failed', time, stage: 'train', failure };
  yield { type: 'run_finished', time, outcome: 'interrupted' };
}

const peakMemory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;

if (options.make !== undefined) {
  const began = performance.now();
  await updateBundle(options.make);
  console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000, megabytes: peakMemory() }));
  process.exit(0);
}

async function startServer(folder) {
  mkdirSync(folder, { recursive: true });
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const server = spawn(options.python, args, {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_TRACKING_URI: '' },
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (server.exitCode !== null) throw new Error('mlflow server did not start');
    const answer = await globalThis.fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return { url, stop: () => process.kill(-server.pid, 'SIGKILL') };
    await wait(250);
  }
}

/** From the first event to the last row on the server, in metrics a second. */
async function ours(url, runs, run) {
  const began = performance.now();
  const runDirectory = path.join(runs, 'history', run);
  const client = { environment: {} };
  const tracking = createTracking({
    ...{ runsDirectory: runs, runDirectory, trackingUri: url, client, workingDirectory: runs },
  });
  for (const event of eventsOf(run, count, 1)) tracking.accept(event);
  const { problems } = await tracking.close();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return count / ((performance.now() - began) / 1000);
}

const script = `
import sys, time
import mlflow
from mlflow.tracking import MlflowClient
from mlflow.entities import Metric

mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("python")
called, count = int(sys.argv[2]), int(sys.argv[3])
with mlflow.start_run() as run:
    began = time.perf_counter()
    for step in range(called):
        mlflow.log_metric("m0", 0.5 * step, step=step)
    single = called / (time.perf_counter() - began)
    client = MlflowClient()
    began = time.perf_counter()
    for start in range(0, count, 1000):
        batch = [Metric("m1", 0.5 * step, 1000 + step, step) for step in range(start, start + 1000)]
        client.log_batch(run.info.run_id, metrics=batch)
    batched = count / (time.perf_counter() - began)
# The client has its own say after a run.
print("@", single, batched, flush=True)
`;

function python(url) {
  const { stdout, stderr, status } = spawnSync(
    options.python,
    ['-c', script, url, String(called), String(count)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const [, single, batched] = stdout
    .split('\n')
    .find((line) => line.startsWith('@'))
    .split(' ')
    .map(Number);
  return { single, batched };
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'wassermill-mlflow-'));
const server = await startServer(path.join(folder, 'server'));
try {
  console.log(machine());
  console.log(`load averages at the start: ${load()}\n`);
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const turns = [
      async () => ({ ours: await ours(server.url, path.join(folder, 'runs'), `run-${round}`) }),
      () => python(server.url),
    ];
    const results = [];
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) results.push(await turn());
    rounds.push(Object.assign({}, ...results));
  }
  const told = (values, digits = 0) => `${median(values).toFixed(digits)} (${range(values, digits)})`;
  console.log(
    `| ${count.toLocaleString('en')} metrics into one SQLite server | metrics a second (range) | ours / theirs (range) |`,
  );
  console.log('|---|---|---|');
  console.log(`| Wassermill, events to rows | ${told(rounds.map((round) => round.ours))} | |`);
  for (const [name, of] of [
    ['Python, `log_metric`', 'single'],
    ['Python, `log_batch` of 1,000', 'batched'],
  ]) {
    const ratios = rounds.map((round) => round.ours / round[of]);
    console.log(`| ${name} | ${told(rounds.map((round) => round[of]))} | ${told(ratios, 1)} |`);
  }

  const runs = path.join(folder, 'bundled');
  const journal = new Journal(journalPath(path.join(runs, 'history', 'run')));
  const began = performance.now();
  for (const event of eventsOf('run', bundled, 10)) journal.write(event);
  journal.close();
  const written = (performance.now() - began) / 1000;
  const { stdout, stderr } = spawnSync(process.execPath, [beside('mlflow.mjs'), '--make', runs], {
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  const { seconds, megabytes } = JSON.parse(stdout);
  const size = statSync(path.join(runs, 'mlflow', 'mlflow.db')).size / 1e6;
  console.log(
    `\n${bundled.toLocaleString('en')} metrics: ${written.toFixed(1)} s into the journal, ${seconds.toFixed(1)} s into the bundle with ` +
      `${megabytes.toFixed(0)} MB at most, a file of ${size.toFixed(0)} MB; load averages at the end: ${load()}`,
  );
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}
