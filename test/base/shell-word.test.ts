import { spawnSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { shellWord } from '../../src/base/shell-word.js';

test('a shell reads back what was meant', () => {
  const words = [
    'runs/my-run.yaml',
    'two words',
    "it's",
    '$HOME',
    '`date`',
    'a"b',
    '*',
    '~',
    '',
    'föö',
    '\\',
    'a\nb',
  ];
  const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
  const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(words);
});

test('plain paths stay as they are', () => {
  expect(shellWord('../pipelines/mnist-wgan.yaml')).toBe('../pipelines/mnist-wgan.yaml');
});
