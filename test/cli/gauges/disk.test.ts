import { execFileSync } from 'node:child_process';

import { expect, it } from 'vitest';

import { diskGauge } from '../../../src/cli/gauges/disk.js';
import { testFolder } from './support.js';

/** In kibibytes, by the operating system's own program. */
function df(folder: string): { readonly used: number; readonly available: number; readonly percent: number } {
  const [, line = ''] = execFileSync('df', ['-P', '-k', folder], { encoding: 'utf8' }).split('\n');
  const [, , used, available, percent] = line.split(/\s+/);
  return { used: Number(used), available: Number(available), percent: parseInt(percent ?? '', 10) };
}

it('reads of the file system of a folder what df says of it', async () => {
  const folder = await testFolder();
  const readings = await diskGauge(folder)(new AbortController().signal);
  const { used, available, percent } = df(folder);
  const usage = readings['disk_usage_percentage'] ?? NaN;
  // Others write there, too, between the two questions; df rounds up.
  const slack = 200;
  expect(Math.abs((readings['disk_usage_megabytes'] ?? NaN) - (used * 1024) / 1e6)).toBeLessThan(slack);
  expect(Math.abs((readings['disk_available_megabytes'] ?? NaN) - (available * 1024) / 1e6)).toBeLessThan(
    slack,
  );
  expect(Math.abs(usage - percent)).toBeLessThan(1.1);
  expect(Object.keys(readings)).toHaveLength(3);
});

it('fails where the folder is gone', async () => {
  await expect(diskGauge('/nowhere/at/all')(new AbortController().signal)).rejects.toThrow('ENOENT');
});
