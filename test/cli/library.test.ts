import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { newProject, tinyPipeline } from './support.js';

const entry = pathToFileURL(`${import.meta.dirname}/../../dist/index.js`).href;

const program = `
  import { renderDiagnostics, runPipeline } from '${entry}';
  const ended = [];
  const onEvent = (event) => event.type === 'stage_succeeded' && ended.push(event.stage);
  const run = await runPipeline('tiny.yaml', { backend: 'cpu', onEvent });
  const { outcome, record, report, warnings } = run.value;
  const last = record.stages.at(-1).metrics.at(-1);
  const missing = await runPipeline('none.yaml', { backend: 'cpu' });
  const text = renderDiagnostics(missing.error.diagnostics);
  console.log(JSON.stringify({ ended, outcome, report, warnings, step: last.step, text }));`;

test('a program runs a pipeline, and has its record', async () => {
  const project = await newProject({ 'tiny.yaml': tinyPipeline });
  const script = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, script, { cwd: project.folder });
  expect(JSON.parse(stdout)).toEqual({
    ended: ['dataset:ring', 'train', 'quality'],
    outcome: 'succeeded',
    report: expect.stringMatching(/\/runs\/history\/[^/]+\/report\.html$/) as unknown,
    warnings: [],
    step: 6,
    text: expect.stringContaining('error: there is no file none.yaml [pipeline-unreadable]') as unknown,
  });
  await project.remove();
});
