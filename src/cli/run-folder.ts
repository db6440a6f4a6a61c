import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'yaml';

import { writeFileAtomic } from '../files/atomic-write.js';
import { planRecordText, type PlanRecord } from '../plan/plan-record.js';
import type { PipelineSpec } from '../spec/pipeline.js';

/** Where one run's record is kept. */
export interface RunFolder {
  /** `20261123T183501Z-3f9a`: sortable by time, unique in its store. */
  readonly run: string;
  /** Absolute. */
  readonly directory: string;
  readonly report: string;
  readonly log: string;
}

/** Makes the folder of a new run, and writes down what will run: later edits of the pipeline cannot change it. */
export async function createRunFolder(
  runs: string,
  time: number,
  plan: PlanRecord,
  specification: PipelineSpec,
): Promise<RunFolder> {
  const instant = new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
  const run = `${instant}-${randomBytes(2).toString('hex')}`;
  const directory = path.join(runs, 'history', run);
  await mkdir(path.dirname(directory), { recursive: true });
  // Not recursive: two runs that draw the same name must not share a folder.
  await mkdir(directory);
  await writeFileAtomic(path.join(directory, 'plan.json'), planRecordText(plan));
  await writeFileAtomic(path.join(directory, 'resolved.yaml'), stringify(specification));
  return {
    run,
    directory,
    report: path.join(directory, 'report.html'),
    log: path.join(directory, 'log.jsonl'),
  };
}
