import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { finiteOrWord } from '../../base/finite-or-word.js';
import type { StageContext } from '../../execute/contract.js';
import { comparedMetrics } from '../../spec/assertions.js';
import { judge } from './judge.js';
import { CollectedValues } from './values.js';

/**
 * Judges, reports the verdict, and writes it to `verdict.json`: `verdict`, `confidence` and `findings`. Infinite values are words there.
 *
 * @throws StageProblem at an assertion that compares values of unlike things.
 */
export async function tellVerdict({
  fields: { assert, confidence },
  inputs: { collected },
  output,
  emit,
}: Pick<StageContext<'gate' | 'claim'>, 'fields' | 'inputs' | 'output' | 'emit'>): Promise<void> {
  const values = await CollectedValues.read(collected, comparedMetrics(assert));
  const event = judge(assert, values, confidence);
  emit(event);
  const { type, ...verdict } = event;
  await writeFile(join(output, 'verdict.json'), `${JSON.stringify(verdict, finiteOrWord, 2)}\n`);
}
