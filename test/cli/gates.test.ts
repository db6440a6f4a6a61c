import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { measuredPipeline } from './measured-pipeline.js';
import { newProject, type Ended, type Project } from './support.js';

const measured = measuredPipeline(
  'measured',
  0,
  `  gate:
    type: gate
    across: [arm, seed]
    assert: [ASSERTION]
  publish: {type: command, needs: [gate], run: 'touch published', cache: false}
  tell: {type: command, inputs: {gate: gate}, run: 'cp $WASSERMILL_IN_GATE/verdict.json told.json', cache: false}
`,
);

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const published = () => existsSync(join(project.folder, 'published'));

async function asserting(assertion: string): Promise<void> {
  await project.write('measured.yaml', measured.replace('ASSERTION', assertion));
}

function run(...more: readonly string[]): Promise<Ended> {
  return project.wassermill(['run', 'measured.yaml', '--backend', 'cpu', ...more]);
}

describe('a run whose gate', () => {
  it('passed succeeds, and runs what waits for it', async () => {
    await asserting('{metric: quality.fid, where: {arm: base}, max: 120}');
    const { code, stderr } = await run();
    expect([code, stderr, published()]).toEqual([0, '', true]);
  });

  it('failed ends with exit code 1 and without what waits for it, and so it does the next time', async () => {
    await asserting('{metric: quality.fid, versus: {arm: base}, max_ratio: 1.2}');
    expect((await run()).code).toBe(1);
    expect(published()).toBe(false);
    // Whoever reads the verdict finds it.
    const told = JSON.parse(await readFile(join(project.folder, 'told.json'), 'utf8')) as object;
    expect(told).toMatchObject({
      verdict: 'fail',
      findings: [{ place: { arm: 'worse' }, versus: 'arm=base', estimate: { count: 3 } }],
    });

    const { stdout } = await project.wassermill(['plan', 'measured.yaml', '--backend', 'cpu']);
    expect(stdout).toMatch(/^ {2}publish +not run: gate did not pass$/m);
    expect(stdout).toContain('9 stages: 1 to run, 7 cached, 1 behind a gate that did not pass');
    const explained = await project.wassermill(['explain', 'measured.yaml', 'publish', '--backend', 'cpu']);
    expect(explained.stdout).toContain('publish: not run, because it waits for gate, which did not pass');

    const again = await run('--json');
    expect([again.code, published()]).toEqual([1, false]);
    const events = again.stdout
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { type: string; stage?: string; because?: unknown; outcome?: string },
      );
    expect(events.find(({ type }) => type === 'stage_not_run')).toMatchObject({
      because: { refused: 'gate' },
    });
    expect(events.at(-1)).toMatchObject({ type: 'run_finished', outcome: 'refused' });

    const resumed = await project.wassermill(['resume']);
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).toContain(
      'ran to its end, and a gate did not pass: there is nothing to go on with',
    );
  });

  it('could not decide ends with exit code 3', async () => {
    await asserting('{metric: quality.fid, where: {arm: base}, max: 108}');
    expect((await run()).code).toBe(3);
    expect(published()).toBe(false);
  });

  it('reads a server for its baseline says where there is none, before anything runs', async () => {
    await asserting('{metric: quality.fid, baseline: {mlflow: {experiment: nightly}}, max_ratio: 1.2}');
    const { code, stderr, stdout } = await run();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      'measured.yaml:17:46: error: a baseline is read from an MLflow server, and none is named [baseline-unreadable]',
    );
    expect(existsSync(join(project.folder, 'runs/history'))).toBe(false);
    expect((await project.wassermill(['validate', 'measured.yaml'])).code).toBe(0);
    expect((await project.wassermill(['dag', 'measured.yaml'])).code).toBe(0);
    const environment = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9', MLFLOW_TRACKING_PASSWORD: 'geheim' };
    const down = await project.wassermill(['plan', 'measured.yaml', '--backend', 'cpu'], { environment });
    expect(down.code).toBe(2);
    expect(down.stderr).toMatch(/error: the baseline cannot be read: .*127\.0\.0\.1:9/);
    expect(down.stderr).not.toContain('geheim');
  });
});
