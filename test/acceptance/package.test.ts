import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { latestRun, root, run, shortened } from './support.js';

describe('the package', () => {
  it('installs from its tarball, runs a pipeline, and is a typed library', { timeout: 600_000 }, async () => {
    const place = await temporaryFolder();
    const project = join(place, 'project');
    await mkdir(project);
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
    await run(['npm', 'pack', '--pack-destination', place]);
    const tarballs = (await readdir(place)).filter((name) => name.endsWith('.tgz'));
    expect(tarballs).toEqual([expect.stringMatching(/^wassermill-\d+\.\d+\.\d+\.tgz$/)]);
    const inside = { cwd: project };
    const packages = [join(place, tarballs[0] ?? ''), '@types/node@20'];
    await run(['npm', 'install', '--ignore-scripts', ...packages], inside);

    const pipeline = await shortened('quickstart.yaml', 20, project);
    await run(['npx', 'wassermill', 'run', pipeline], inside);
    const { record, directory } = await latestRun(join(project, 'runs'));
    expect(record.end?.outcome).toBe('succeeded');
    expect(existsSync(join(directory, 'report.html'))).toBe(true);
    await run(['npx', 'wassermill', 'init', 'mine.yaml', '--template', 'ablation'], inside);
    const written = await readFile(join(project, 'mine.yaml'), 'utf8');
    expect(written).toContain('$schema=./node_modules/wassermill/schemas/pipeline.schema.json\n');
    await run(['npx', 'wassermill', 'plan', 'mine.yaml'], inside);
    const { stdout: schema } = await run(['npx', 'wassermill', 'schema'], inside);
    expect(JSON.parse(schema)).toHaveProperty('$schema');

    await writeFile(join(project, 'consumer.ts'), consumer);
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    await run([process.execPath, join(root, 'node_modules/typescript/bin/tsc')], inside);
    const { stdout } = await run(['node', 'consumer.js', pipeline], inside);
    expect(stdout).toBe('train quality picture\nConnectionError\n');
  });
});

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
};

/** What a user of the library writes: the phases up to the plan, and the MLflow client. */
const consumer = `
import { readFileSync } from 'node:fs';
import {
  type Diagnostic,
  extendedFiles,
  parseDocument,
  planExperiment,
  renderDiagnostics,
  resolvePipeline,
} from 'wassermill';
import { ConnectionError, Mlflow } from 'wassermill/mlflow-js';

const path = process.argv[2] ?? '';
const document = parseDocument({ name: path, path, text: readFileSync(path, 'utf8') });
if (!document.ok) throw new Error(JSON.stringify(document.error satisfies readonly Diagnostic[]));
const readSource = extendedFiles(path, process.cwd());
const resolved = resolvePipeline(document.value, { environment: process.env, readSource });
if (!resolved.ok) throw new Error(JSON.stringify(resolved.error));
console.log(Object.keys(resolved.value.experiments[0]?.spec.stages ?? {}).join(' '));
void [planExperiment, renderDiagnostics];

const client = new Mlflow('http://127.0.0.1:9', { retries: 0 });
const answer = await client.getRun('none').catch((error: unknown) => error);
console.log(answer instanceof ConnectionError ? answer.name : answer);
`;
