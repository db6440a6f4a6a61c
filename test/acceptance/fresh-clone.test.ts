import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { temporaryFolder } from '../files/support.js';
import { lackingTool } from '../native/rig.js';
import { latestRun, root, run, userEnvironment, userSettings } from './support.js';

const lacking = existsSync(join(root, '.git')) ? lackingTool : 'a git repository';

describe.skipIf(lacking !== undefined)(
  `a fresh clone with empty caches (missing here: ${lacking ?? 'nothing'})`,
  () => {
    it(
      'trains, reports and tells MLflow by the first command of the README',
      { timeout: 900_000 },
      async () => {
        const machine = await temporaryFolder();
        const clone = join(machine, 'clone');
        const env = await emptyHome(machine);
        await run(['git', 'clone', '--quiet', root, clone]);

        const [command, ...others] = await readmeCommands(clone);
        expect(command).toBe('npm ci && npm start');
        expect(others).toEqual(['npm ci && npm test']);
        const first = await run(['sh', '-c', command ?? ''], { cwd: clone, env });
        const runs = join(clone, 'runs');
        const made = await latestRun(runs);
        expect(made.record.end?.outcome, first.output).toBe('succeeded');
        expect(made.cached).toEqual([]);
        expect(made.seconds).toBeLessThan(90);
        expect(existsSync(join(made.directory, 'report.html'))).toBe(true);
        expect(await readdir(join(runs, 'mlflow'))).toEqual(
          expect.arrayContaining(['mlartifacts', 'mlflow.db']),
        );
        expect(first.stdout).toContain('cd runs/mlflow && mlflow ui');

        // Nothing but the caches was written beside the clone, and nothing in it that git would want.
        expect((await readdir(machine)).sort()).toEqual(['cache', 'clone', 'home', 'npm', 'tmp']);
        expect(await readdir(join(machine, 'tmp'))).toEqual([]);
        // pip asks rustc for its version, and rustup takes that for a reason to make its folder.
        expect(['.cache', '.rustup']).toEqual(expect.arrayContaining(await readdir(join(machine, 'home'))));
        expect((await run(['git', 'status', '--porcelain'], { cwd: clone, env })).stdout).toBe('');

        const again = await run(['npm', 'start'], { cwd: clone, env });
        expect(again.stdout).toContain(
          `quickstart: nothing to run; ${made.record.stages.length} stages cached\n`,
        );
        expect(await readdir(join(runs, 'history'))).toEqual([made.id]);
        expect(again.seconds).toBeLessThan(30);
      },
    );
  },
);

/** The environment of a user who has settings but nothing in any cache. */
async function emptyHome(machine: string): Promise<NodeJS.ProcessEnv> {
  const folder = async (name: string): Promise<string> => {
    const path = join(machine, name);
    await mkdir(path, { mode: 0o700 });
    return path;
  };
  return userEnvironment({
    ...userSettings(),
    HOME: await folder('home'),
    TMPDIR: await folder('tmp'),
    WASSERMILL_CACHE_DIR: await folder('cache'),
    npm_config_cache: await folder('npm'),
    XDG_CACHE_HOME: undefined,
    WASSERMILL_RUNS: undefined,
    MLFLOW_TRACKING_URI: undefined,
  });
}

/** The lines of the first block of shell commands in the README, without their comments. */
async function readmeCommands(clone: string): Promise<readonly string[]> {
  const readme = await readFile(join(clone, 'README.md'), 'utf8');
  const block = required(/^```sh\n(.*?)^```/ms.exec(readme)?.[1], 'a block of shell commands in the README');
  return block
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+#.*/, ''));
}
