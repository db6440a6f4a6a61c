import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { finiteOrWord } from '../base/finite-or-word.js';
import type { StageContext } from '../execute/contract.js';
import { comparisonOf } from './collected/comparison.js';
import { csvTable, latexTable, markdownTable } from './collected/tables.js';
import { CollectedValues } from './collected/values.js';

/**
 * Compares what it collects, reports the table, and writes it: `table.json` with all numbers, `table.csv` to compute with,
 * `table.md` and `table.tex` (booktabs) to be read.
 */
export async function runCompare({
  fields,
  inputs: { collected },
  output,
  emit,
}: StageContext<'compare'>): Promise<void> {
  const { metrics, rank_by: rankBy = [] } = fields;
  const values = await CollectedValues.read(collected, metrics.concat(rankBy));
  const event = comparisonOf(fields, values);
  emit(event);
  const { type, ...table } = event;
  const files = {
    'table.json': `${JSON.stringify(table, finiteOrWord, 2)}\n`,
    'table.csv': csvTable(event),
    'table.md': markdownTable(event),
    'table.tex': latexTable(event),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(output, name), text);
}
