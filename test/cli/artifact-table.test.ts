import { expect, test } from 'vitest';

import { artifactTable, type ListedArtifact } from '../../src/cli/cached/artifact-table.js';
import { keyOf } from '../cache/support.js';

const artifact = (stage: string, kind: string, changes: Partial<ListedArtifact> = {}): ListedArtifact => ({
  key: keyOf(stage),
  found: {
    state: 'hit',
    artifact: { key: keyOf(stage), directory: '/', files: [], digest: keyOf('digest'), seconds: 125 },
  },
  bytes: 1_234_567,
  made: 0,
  mention: { run: 'r', pipeline: 'a-pipeline-with-a-long-name', stage, kind, runs: 1234 },
  ...changes,
});

test('lines fit, names are cut, and the kind is told where the name is another', () => {
  const rows = [
    artifact('train@lr=0.001,seed=1', 'train'),
    artifact('quality', 'evaluate'),
    artifact('gone', 'train', { found: { state: 'damaged', reason: 'x' } }),
  ];
  const { mention: _, ...unnamed } = artifact('x', 'train');
  const lines = artifactTable([...rows, unnamed], 80, 86_400_000 * 3, '…');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines.map((line) => line.replace(/^[0-9a-f]{8} /, 'KEY      '))).toEqual([
    'key         size        took  age   runs  pipeline          stage',
    'KEY       1.2 MB  2 min 05 s  3 d  1,234  a-pipeline-with…  train@lr=0.001,seed…',
    'KEY       1.2 MB  2 min 05 s  3 d  1,234  a-pipeline-with…  quality (evaluate)',
    'KEY       1.2 MB     damaged  3 d  1,234  a-pipeline-with…  gone (train)',
    'KEY       1.2 MB  2 min 05 s  3 d   none',
  ]);
});

test('names from outside cannot move the cursor', () => {
  const [, line] = artifactTable([artifact('a\u001b[2Jb\nc', 'train')], 200, 0, '…');
  expect(line).toMatch(/ab c \(train\)$/);
});
