import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { config } from '../../../src/cli/commands/config.js';
import { validate } from '../../../src/cli/commands/validate.js';
import type { ExitCode } from '../../../src/cli/exit-code.js';
import type { Surroundings } from '../../../src/cli/surroundings.js';
import { basePipeline } from '../../resolve/base-pipeline.js';
import { resolveText, sourceOf } from '../../resolve/support.js';

const folder = mkdtempSync(path.join(tmpdir(), 'wassermill-language-'));
const ablation = `extends: base.yaml
name: ablation
seeds: [3, 4]
ablation: {arms: {tight: {stages.train.clip: 0.01}}}
`;
beforeAll(() => {
  writeFileSync(path.join(folder, 'package.json'), '{}');
  writeFileSync(path.join(folder, 'base.yaml'), basePipeline);
  writeFileSync(path.join(folder, 'ablation.yaml'), ablation);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command prints, working in the folder. */
async function told(command: (surroundings: Surroundings) => Promise<ExitCode>) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const surroundings = { directory: folder, environment: {}, now: Date.now, ...streams };
  const code = await command(surroundings as unknown as Surroundings);
  const text = (stream: PassThrough): string => String(stream.read() ?? '');
  return { code, stdout: text(streams.stdout), stderr: text(streams.stderr) };
}

const configOf = (file: string, options: Partial<Parameters<typeof config>[1]> = {}) =>
  told((surroundings) =>
    config(file, { resolve: false, variant: undefined, overrides: [], ...options }, surroundings),
  );

describe('wassermill config', () => {
  it('merges what the file extends and the arguments change, each value with its origin', async () => {
    const { code, stdout } = await configOf('ablation.yaml', { overrides: ['+vars.n=1'] });
    expect(code).toBe(0);
    expect(stdout).toContain('name: ablation # ablation.yaml:2\n');
    expect(stdout).toContain('    batch_size: 128 # base.yaml:18\n');
    expect(stdout).toContain('vars:\n  n: 1 # <argument -S +vars.n=1>:1\n');
    expect(parse(stdout)).toMatchObject({ seeds: [3, 4], stages: { quality: { samples: 2000 } } });
  });

  it('prints the resolved variant that is asked for', async () => {
    const { code, stdout } = await configOf('ablation.yaml', { resolve: true, variant: 'seed=4,arm=tight' });
    expect(code).toBe(0);
    expect(stdout).toContain('# variant 4 of 4: arm=tight,seed=4 (--variant chooses)\n');
    expect(stdout).toContain('        - -0.01 # ablation.yaml:4\n');
    expect(stdout).toContain('      when: after_step # default\n');
    expect(stdout).toContain('    seed: 4 # default, from ablation.yaml:3\n');
  });

  it('is the specification itself once it is read again', async () => {
    const { stdout } = await configOf('base.yaml', { resolve: true });
    const resolved = resolveText(sourceOf(basePipeline));
    expect(resolved.ok && parse(stdout)).toEqual(resolved.ok && resolved.value.experiments[0]?.spec);
    const again = resolveText(sourceOf(stdout));
    expect(again.ok && again.value.experiments[0]?.spec).toEqual(parse(stdout));
  });

  it('says which variants there are, and what is wrong', async () => {
    expect(await configOf('ablation.yaml', { resolve: true, variant: 'arm=wide' })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: there is no variant arm=wide; they are named like arm=base,seed=3\n',
    });
    const wrong = await configOf('ablation.yaml', { resolve: true, overrides: ['stages.train.clip=fast'] });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('<argument -S stages.train.clip=fast>:1:19: error:');
  });
});

describe('wassermill validate', () => {
  it('counts variants, and takes overrides', async () => {
    const run = (overrides: readonly string[]) =>
      told((surroundings) => validate(['ablation.yaml'], { format: 'text', overrides }, surroundings));
    expect(await run([])).toEqual({
      code: 0,
      stdout: 'ablation.yaml: valid, 2 stages, 4 variants\n',
      stderr: '',
    });
    expect((await run(['stages.train.batch_size=32,64'])).stdout).toContain('8 variants');
    expect(await run(['stages.trian.clip=1'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('shows the file that is wrong by its path from the working directory', async () => {
    writeFileSync(path.join(folder, 'broken.yaml'), 'extends: [base.yaml, ./missing.yaml]\n');
    const { stderr } = await told((surroundings) =>
      validate(['broken.yaml'], { format: 'text', overrides: [] }, surroundings),
    );
    expect(stderr).toContain('broken.yaml:1:22: error: there is no file `./missing.yaml` [extends-target]');
  });
});
