import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { tryMutants } from '../mutations/campaign.js';
import { mutant, type Mutant } from '../mutations/mutant.js';
import { seeds } from '../mutations/seeds.js';
import { start, userEnvironment, wassermill } from './support.js';

/** Drawn anew for each run. A run is repeated by the number that it printed, in the environment. */
const seed = Number(process.env['MUTATION_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`Mutations of pipelines: MUTATION_SEED=${seed}`);

const count = 20_000;
const calls = 10;
const filesOfCall = 10;

it(
  'damaged pipelines give located problems or plans, and never a crash',
  async () => {
    const { accepted, slowestSeconds } = await tryMutants(count, seed);
    console.log(
      `${accepted} of ${count} are sound; the slowest took ${slowestSeconds.toFixed(2)} s of computing`,
    );
    expect(accepted).toBeGreaterThan(count / 20);
  },
  30 * 60_000,
);

describe('on the command line', () => {
  const mutants = fc.sample(mutant, { numRuns: calls * filesOfCall, seed });
  const groups = Array.from({ length: calls }, (_, call) =>
    mutants.slice(call * filesOfCall, (call + 1) * filesOfCall),
  );

  it.each(groups.map((group, call) => [call, group] as const))(
    'folder %i is found sound or refused',
    async (call, group) => {
      const folder = await temporaryFolder();
      await writeProject(folder, group);
      // Every other call with arguments, which are for all files of the folder.
      const overrides = call % 2 === 0 ? [] : group.flatMap((one) => one.overrides.filter(isArgument));
      const command = [...wassermill, 'validate', '.', ...overrides.map((text) => `--set=${text}`)];
      const { code, output } = await start(command, { cwd: folder, env: userEnvironment() }).ended;
      expect(output).not.toMatch(/Internal error|^ {4}at |node:internal|undefined/m);
      // eslint-disable-next-line no-control-regex -- control characters are what it is about
      expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(output).toMatch(/^\d+ files: /m);
      expect([0, 2]).toContain(code);
    },
  );
});

/** The operating system gives no argument with a NUL to a program. */
function isArgument(text: string): boolean {
  return !text.includes('\0');
}

/** The sound pipelines as they lie in the repository, and beside each those that were made of it. */
async function writeProject(folder: string, group: readonly Mutant[]): Promise<void> {
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  await write('package.json', '{}');
  for (const { name, text } of seeds) await write(name, text);
  for (const [index, { damaged, entry }] of group.entries()) {
    const beside = dirname(damaged.name);
    await write(join(beside, `damaged-${index}.yaml`), damaged.text);
    if (entry === damaged) continue;
    const text = entry.text.replace(damaged.path, `./damaged-${index}.yaml`);
    await write(join(beside, `child-${index}.yaml`), text);
  }
}
