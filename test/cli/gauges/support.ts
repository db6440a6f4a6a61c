import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

/** A folder of its own for a test, removed after it. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wassermill-gauges-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A folder with a program `nvidia-smi`, a shell script. Where it is the whole PATH, the script has the shell's own commands only.
 */
export async function folderWithNvidiaSmi(script: string): Promise<string> {
  const folder = await testFolder();
  await writeFile(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

/**
 * Answers the question for system metrics in the real program's format, and refuses any other as it does. The rows: a GPU at
 * work, one in MIG mode, one that shares the machine's memory, and one that has fallen off the bus.
 */
export const fourGpus = `if [ "$*" = '--query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit --format=csv,noheader,nounits' ]
then
  echo '0, 86, 5120, 8192, 176.98, 200.00'
  echo '1, [N/A], 37, 81920, 87.05, 400.00'
  echo '2, 3, [N/A], [N/A], 4.51, [N/A]'
  echo '3, [Unknown Error], [Unknown Error], [Unknown Error], [Unknown Error], [Unknown Error]'
else
  echo 'Field "?" is not a valid field to query.'
  exit 2
fi`;
