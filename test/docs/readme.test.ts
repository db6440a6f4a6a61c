import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { err } from '../../src/base/result.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { resolvePipeline } from '../../src/resolve/resolve.js';
import { parseDocument } from '../../src/source/parse-document.js';

const root = path.resolve(import.meta.dirname, '../..');
const readme = await readFile(path.join(root, 'README.md'), 'utf8');

const noFile = () => err({ reason: 'missing', near: undefined } as const);

describe('the README', () => {
  it('begins with the two commands', () => {
    const [block] = /```sh\n([^`]*)```/.exec(readme)?.slice(1) ?? [];
    expect(
      block
        ?.trim()
        .split('\n')
        .map((line) => line.split('#')[0]?.trim()),
    ).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  it('shows what Wassermill says of two mistakes, word for word', async () => {
    const pipeline = await readFile(path.join(root, 'pipelines/mnist-wgan.yaml'), 'utf8');
    const text = pipeline
      .replace('lr: 5e-4', 'lr: fast')
      .replace(/critic_iterations: 5.*/, 'critic_iteration: 5');
    const document = parseDocument({ name: 'mnist.yaml', path: '/mnist.yaml', text });
    const resolved = document.ok
      ? resolvePipeline(document.value, { environment: {}, readSource: noFile })
      : document;
    const printed = resolved.ok ? '' : renderDiagnostics(resolved.error);
    const indented = printed.trimEnd().replaceAll(/^(?=.)/gm, '  ');
    expect(readme).toContain(`  \`\`\`\n${indented}\n  \`\`\``);
  });

  it('names only commands that exist, and all of them', async () => {
    const folder = path.join(root, 'src/cli/command-line');
    const files = await readdir(folder);
    const sources = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
    // `cache ls` is a command of `cache`, which alone does nothing.
    const declared = [...sources.join('\n').matchAll(/\b(\w+)\s*\.command\('([\w-]+)'\)/g)].map(
      ([, parent, name]) => (parent === 'program' ? name : `${parent} ${name}`),
    );
    const parents = declared.map((name) => /^(\w+) /.exec(name ?? '')?.[1]);
    const commands = declared.filter((name) => !parents.includes(name));
    const named = [...readme.matchAll(/^\| `wassermill ([a-z-]+(?: [a-z]+)?)/gm)].map((match) => match[1]);
    expect(named.toSorted()).toEqual(commands.toSorted());
  });
});

describe('links between documents', async () => {
  const documents = (await readdir(path.join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  it.each(['README.md', ...documents.map((name) => `docs/${name}`)])('%s', async (name) => {
    const text = await readFile(path.join(root, name), 'utf8');
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^\w+:/.test(target));
    const broken = targets.filter((target) => !existsSync(path.join(root, path.dirname(name), target)));
    expect(broken).toEqual([]);
  });
});
