import type { Declaration } from '../checked.js';
import type { DatasetSpec } from '../datasets.js';
import { splitName } from '../references.js';
import { datasetOf, type RuleContext } from './rule.js';

/** A split whose number of samples the file tells; how many a share is, only the data tells. */
export interface KnownSplit {
  readonly dataset: Declaration<DatasetSpec>;
  readonly split: string;
  readonly size: number;
}

export function knownSplit(context: RuleContext, reference: string | undefined): KnownSplit | undefined {
  const dataset = datasetOf(context, reference);
  const { split } = splitName(reference ?? '');
  const splits = dataset?.fields?.splits;
  const size = split !== undefined && splits && Object.hasOwn(splits, split) ? splits[split] : undefined;
  if (!dataset || split === undefined || size === undefined || size < 1 || !Number.isInteger(size)) {
    return undefined;
  }
  return { dataset, split, size };
}
