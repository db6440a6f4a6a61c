import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
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
  expect(await gitState(folder)).toBeUndefined();
  git('init', '--quiet', '--initial-branch', 'a/branch');
  expect(await gitState(folder)).toBeUndefined();

  writeFileSync(join(folder, 'file'), '1');
  git('add', 'file');
  git('commit', '--quiet', '--message', 'first');
  const commit = git('rev-parse', 'HEAD');
  writeFileSync(join(folder, 'untracked'), '');
  expect(await gitState(folder)).toEqual({ commit, branch: 'a/branch', dirty: false });

  writeFileSync(join(folder, 'file'), '2');
  expect(await gitState(folder)).toEqual({ commit, branch: 'a/branch', dirty: true });

  git('checkout', '--quiet', '--detach');
  expect(await gitState(folder)).toEqual({ commit, branch: 'HEAD', dirty: true });
});
