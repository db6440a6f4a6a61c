import { execFileSync } from 'node:child_process';
import { appendFile, cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { expect, test } from 'vitest';

import { newProject, tinyPipeline } from '../cli/support.js';

const root = resolve(import.meta.dirname, '../..');

/** The build's own look at compiled code, which takes a second; compiling takes ten. */
const digestAgain = `
  import { writeFileSync } from 'node:fs';
  import { buildManifest } from ${JSON.stringify(join(root, 'scripts/implementation-digests.mjs'))};
  writeFileSync('dist/build-manifest.json', JSON.stringify(buildManifest('dist')));`;

test('a changed helper runs again what used it and nothing else; a changed comment nothing', async () => {
  const { folder, wassermill, remove } = await newProject({ 'tiny.yaml': tinyPipeline });
  try {
    for (const part of ['dist', 'package.json'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const main = join(folder, 'dist/cli/main.js');
    const line = (id: string, stdout: string) => stdout.split('\n').find((text) => text.includes(` ${id} `));
    const plan = async () => {
      execFileSync(process.execPath, ['--input-type=module', '-e', digestAgain], { cwd: folder });
      return (await wassermill(['plan', 'tiny.yaml', '--backend', 'cpu'], { main })).stdout;
    };
    await plan();
    expect((await wassermill(['run', 'tiny.yaml', '--backend', 'cpu'], { main })).code).toBe(0);
    expect(await plan()).toContain('3 stages: 0 to run, 3 cached');

    // The stage does not import it: the metric that it computes does.
    const helper = join(folder, 'dist/metrics/project.js');
    const text = await readFile(helper, 'utf8');
    await writeFile(helper, `// Another comment.\n${text}`);
    expect(await plan()).toContain('3 stages: 0 to run, 3 cached');

    await appendFile(helper, 'export const added = 1;\n');
    const changed = await plan();
    expect(changed).toContain('3 stages: 1 to run, 2 cached');
    expect(line('quality', changed)).toContain('run: code changed (metrics/project.js)');
  } finally {
    await remove();
  }
});
