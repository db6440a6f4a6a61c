import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { clipRange } from './clip-range.js';
import { clipWithoutWasserstein } from './clip-without-wasserstein.js';
import { dcganResolution } from './dcgan-resolution.js';
import { gridModes } from './grid-modes.js';
import { lipschitzNeeded } from './lipschitz-needed.js';
import { modesNeedMixture } from './modes-need-mixture.js';
import { momentumWithClip } from './momentum-with-clip.js';
import { nameCase } from './name-case.js';
import { referenceExists } from './reference-exists.js';
import { referenceKind } from './reference-kind.js';
import type { Rule, RuleContext } from './rule.js';
import { sampleShapeFits } from './sample-shape.js';
import { snapshotsNeeded } from './snapshots-needed.js';
import { splitBelowBatch } from './split-below-batch.js';
import { splitSize } from './split-size.js';
import { stageCycle } from './stage-cycle.js';
import { unused } from './unused.js';

const laws: readonly Rule[] = [
  referenceExists,
  referenceKind,
  stageCycle,
  nameCase,
  lipschitzNeeded,
  clipRange,
  clipWithoutWasserstein,
  momentumWithClip,
  dcganResolution,
  sampleShapeFits,
  modesNeedMixture,
  snapshotsNeeded,
  gridModes,
  splitSize,
  splitBelowBatch,
];

/** What all rules find. `before`: what the phases before found. */
export function checkRules(context: RuleContext, before: readonly Diagnostic[]): readonly Diagnostic[] {
  const found = laws.flatMap((law) => law(context));
  const sound = [...before, ...found].every(({ severity }) => severity !== 'error');
  // In a file with errors, what seems unused is what its misspelt user does not reach.
  return sound ? [...found, ...unused(context)] : found;
}
