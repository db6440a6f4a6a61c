import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { gitState } from '../../src/cli/git-state.js';
import { temporaryFolder } from '../files/support.js';

test('commit, branch, and whether tracked files differ', async () => {
  const folder = await temporaryFolder();
  const git = (...args: readonly string[]): string => {
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
    return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' }).trim();
  };
  expect(await gitState(folder, process.env)).toBeUndefined();
  git('init', '--quiet', '--initial-branch', 'a/branch');
  expect(await gitState(folder, process.env)).toBeUndefined();

  writeFileSync(join(folder, 'file'), '1');
  git('add', 'file');
  git('commit', '--quiet', '--message', 'first');
  const commit = git('rev-parse', 'HEAD');
  writeFileSync(join(folder, 'untracked'), '');
  expect(await gitState(folder, process.env)).toEqual({ commit, branch: 'a/branch', dirty: false });

  writeFileSync(join(folder, 'file'), '2');
  expect(await gitState(folder, process.env)).toEqual({ commit, branch: 'a/branch', dirty: true });

  git('checkout', '--quiet', '--detach');
  expect(await gitState(folder, process.env)).toEqual({ commit, branch: 'HEAD', dirty: true });
});

test('git sees its own variables, and none of MLflow’s', async () => {
  const folder = await temporaryFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), '#!/bin/sh\nenv > "$0.seen"\n', { mode: 0o755 });
  const PATH = `${bin}:${process.env['PATH'] ?? ''}`;
  await gitState(folder, { PATH, GIT_CEILING_DIRECTORIES: '/none', MLFLOW_TRACKING_PASSWORD: 's3cret' });
  const seen = readFileSync(join(bin, 'git.seen'), 'utf8');
  expect(seen).toContain('GIT_CEILING_DIRECTORIES=/none');
  expect(seen).not.toMatch(/MLFLOW|s3cret/);
});
