import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it, onTestFinished } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { Mlflow } from '../../../src/tracking/mlflow/index.js';
import { measuredPipeline } from '../../cli/measured-pipeline.js';
import { newProject } from '../../cli/support.js';
import { temporaryFolder } from '../../tracking/support.js';
import { hasMlflow, python, startServer } from './server.js';

const nightly = measuredPipeline(
  'nightly',
  0,
  `  table: {type: compare, across: [arm, seed], versus: {arm: base}, metrics: [quality.fid]}
  gate: {type: gate, across: [arm, seed], assert: [{metric: quality.fid, versus: {arm: base}, max_ratio: 2}]}
  doubt: {type: claim, statement: It is below 104., across: [seed], assert: [quality.fid < 104]}
`,
);

const candidate = (filter: string, bounds: string) =>
  measuredPipeline(
    'candidate',
    1,
    `  gate:
    type: gate
    across: [arm, seed]
    assert:
      - metric: quality.fid
        where: {arm: base}
        baseline: {mlflow: {experiment: nightly, filter: "${filter}"}}
        ${bounds}
`,
  );

const base = "params.arm = 'base'";

describe.skipIf(!hasMlflow)(
  'gates and a real server (needs scripts/python-env.mjs)',
  { timeout: 240_000 },
  () => {
    it('verdicts are tags of all runs, tables are tables, and past runs are what a candidate is held against', async () => {
      const server = await startServer(await temporaryFolder());
      onTestFinished(() => server.kill());
      const project = await newProject({ 'nightly.yaml': nightly });
      onTestFinished(() => project.remove());
      const environment = { MLFLOW_TRACKING_URI: server.url };
      const wassermill = (...args: readonly string[]) => project.wassermill(args, { environment });
      const run = (file: string) => wassermill('run', file, '--backend', 'cpu');
      expect((await run('nightly.yaml')).code).toBe(0);

      const mlflow = new Mlflow(server.url, { environment: {} });
      const { experiment_id: id } = await mlflow.getExperimentByName('nightly');
      const { runs = [] } = await mlflow.searchRuns([id]);
      // The whole, two arms, and three seeds in each.
      expect(runs).toHaveLength(9);
      const tagsOf = (name: string) =>
        new Map(
          required(
            runs.find(({ info }) => info.run_name === name || (name === '' && info.run_name.includes('Z-'))),
            `run ${name}`,
          ).data.tags?.map(({ key, value }) => [key, value]),
        );
      expect(tagsOf('').get('wassermill.gate.gate')).toBe('passed');
      expect(tagsOf('arm=worse,seed=1').get('wassermill.verdict')).toBe('passed');
      expect(tagsOf('arm=base').get('wassermill.claim.doubt')).toBe('inconclusive');
      expect(tagsOf('arm=worse').get('wassermill.claim.doubt')).toBe('refuted');
      expect(await loadedTable(server.url, 'nightly', 'table/comparison.json')).toEqual({
        row: ['arm=base', 'arm=worse'],
        metric: ['quality.fid', 'quality.fid'],
        count: [3, 3],
        mean: [105, 155],
        low: [expect.closeTo(92.579, 2), expect.closeTo(142.579, 2)],
        high: [expect.closeTo(117.42, 2), expect.closeTo(167.42, 2)],
        difference: [null, 50],
        difference_low: [null, 50],
        difference_high: [null, 50],
        p: [null, 0],
      });

      // About the same numbers again: not above the past runs of the base arm by a quarter, but certainly above half of them.
      await project.write(
        'candidate.yaml',
        candidate(`${base} AND tags.\`wassermill.verdict\` = 'passed'`, 'max_ratio: 1.25'),
      );
      expect((await run('candidate.yaml')).code).toBe(0);
      await project.write('candidate.yaml', candidate(base, 'max_ratio: 0.5'));
      expect((await run('candidate.yaml')).code).toBe(1);
      await project.write('candidate.yaml', candidate(base, 'max_difference: 0'));
      expect((await run('candidate.yaml')).code).toBe(3);
      expect(await baselineOf(project.folder)).toEqual([100, 105, 110]);

      // What is under way, was deleted or lacks the metric is no baseline; a value that is no number decides nothing.
      const more = async (name: string, value: number, status: 'RUNNING' | 'FINISHED') => {
        const { info } = await mlflow.createRun(id, name, 1, [{ key: 'team', value: 'ours' }]);
        await mlflow.logParam(info.run_id, 'arm', 'base');
        await mlflow.logMetric(info.run_id, 'quality/fid', value);
        if (status === 'FINISHED') await mlflow.updateRun(info.run_id, status, 2);
        return info.run_id;
      };
      await more('under way', 1, 'RUNNING');
      const { info: parent } = await mlflow.createRun(id, 'a sweep that was killed', 1);
      await mlflow.setTag(await more('its seed', 3, 'FINISHED'), 'mlflow.parentRunId', parent.run_id);
      // The same results, told again from the cache by a run of its own.
      await project.write('nightly.yaml', nightly.replace('version: 1', 'version: 1\ndesc: Again.'));
      expect((await run('nightly.yaml')).stdout).toContain('from the cache');
      await mlflow.deleteRun(await more('deleted', 2, 'FINISHED'));
      const plan = async () => {
        const { stdout } = await wassermill('plan', 'candidate.yaml', '--backend', 'cpu');
        return stdout;
      };
      expect(await plan()).toContain('7 stages: 0 to run, 7 cached');
      // A new past run is another gate, and everything else stays.
      await wassermill('plan', 'candidate.yaml', '--backend', 'cpu', '--out', 'frozen.lock');
      await more('of somebody else', 90, 'FINISHED');
      expect(await plan()).toContain('7 stages: 1 to run, 6 cached');
      expect((await wassermill('explain', 'candidate.yaml', 'gate', '--backend', 'cpu')).stdout).toMatch(
        /baseline/,
      );
      expect((await run('candidate.yaml')).code).toBe(3);
      expect(await baselineOf(project.folder)).toEqual([90, 100, 105, 110]);
      await more('broken', Number.NaN, 'FINISHED');
      await project.write('candidate.yaml', candidate(base, 'max_ratio: 100'));
      expect((await run('candidate.yaml')).code).toBe(3);
      await project.write('candidate.yaml', candidate("params.arm = 'nobody'", 'max_ratio: 100'));
      expect((await run('candidate.yaml')).code).toBe(3);

      // What is wrong with the question is said at its place, and nothing runs.
      await project.write('candidate.yaml', candidate('params.arm is base', 'max_ratio: 100'));
      const wrong = await run('candidate.yaml');
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toMatch(
        /candidate\.yaml:\d+:\d+: error: .*\[baseline-unreadable\]\n.*filter: "params\.arm is base"/,
      );

      // A frozen plan has its past runs with it, and asks nobody.
      await server.kill();
      const frozen = await wassermill('run', '--plan', 'frozen.lock');
      expect([frozen.code, frozen.stderr.includes('baseline')]).toEqual([3, false]);
      expect(await baselineOf(project.folder)).toEqual([100, 105, 110]);
    });
  },
);

/** What the last run's gate was held against, in ascending order. */
async function baselineOf(folder: string): Promise<readonly unknown[]> {
  const history = join(folder, 'runs/history');
  const last = required((await readdir(history)).sort().at(-1), 'a run');
  const { stages } = JSON.parse(await readFile(join(history, last, 'plan.json'), 'utf8')) as {
    stages: readonly { id: string; fields: { assert: { baseline: { runs: { value: unknown }[] } }[] } }[];
  };
  const gate = required(
    stages.find(({ id }) => id === 'gate'),
    'the gate',
  );
  const { runs } = required(gate.fields.assert[0], 'an assertion').baseline;
  return runs.map(({ value }) => value).sort((a, b) => Number(a) - Number(b));
}

/** A table as the official client loads it, by column. */
async function loadedTable(url: string, experiment: string, path: string): Promise<unknown> {
  const program = `
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment(sys.argv[2])
run = mlflow.search_runs(experiment_names=[sys.argv[2]], filter_string="tags.\`wassermill.gate.gate\` = 'passed'").run_id[0]
print(mlflow.load_table(sys.argv[3], run_ids=[run]).to_json(orient='columns'))
`;
  const { stdout } = await promisify(execFile)(python, ['-c', program, url, experiment, path]);
  const columns = JSON.parse(required(stdout.trim().split('\n').at(-1), 'a table')) as Record<
    string,
    Record<string, unknown>
  >;
  return Object.fromEntries(Object.entries(columns).map(([name, rows]) => [name, Object.values(rows)]));
}
