import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { assertionBounds } from './assertion-bounds.js';
import { augmentationImages } from './augmentation-images.js';
import { axisExists } from './axis-exists.js';
import { clipRange } from './clip-range.js';
import { clipWithoutWasserstein } from './clip-without-wasserstein.js';
import { commandInputs } from './command-inputs.js';
import { commandOuts } from './command-outs.js';
import { criticIterationsBounds } from './critic-iterations-bounds.js';
import { conditionalFormula } from './conditional-formula.js';
import { cropSize } from './crop-size.js';
import { curveSources } from './curve-sources.js';
import { dcganResolution } from './dcgan-resolution.js';
import { gridModes } from './grid-modes.js';
import { layerShapes } from './layer-shapes.js';
import { knownFormulas } from './known-formulas.js';
import { labelsNeeded } from './labels-needed.js';
import { lipschitzNeeded } from './lipschitz-needed.js';
import { metricComputed } from './metric-computed.js';
import { metricNeeds } from './metric-needs.js';
import { modesNeedMixture } from './modes-need-mixture.js';
import { momentumWithClip } from './momentum-with-clip.js';
import { nameCase } from './name-case.js';
import { nesterovNeedsMomentum } from './nesterov-needs-momentum.js';
import { normNeeded } from './norm-needed.js';
import { normWithSpectralNorm } from './norm-with-spectral-norm.js';
import { penaltyWithBatchNorm } from './penalty-with-batch-norm.js';
import { referenceExists } from './reference-exists.js';
import { referenceKind } from './reference-kind.js';
import { reservedAlias } from './reserved-alias.js';
import { resnetResolution } from './resnet-resolution.js';
import { rollbackOnly } from './rollback-only.js';
import type { Rule, RuleContext } from './rule.js';
import { sampleCounts } from './sample-counts.js';
import { sampleShapeFits } from './sample-shape.js';
import { scheduleLength } from './schedule-length.js';
import { secondDerivative } from './second-derivative.js';
import { sequenceNetworks } from './sequence-networks.js';
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
  penaltyWithBatchNorm,
  normWithSpectralNorm,
  secondDerivative,
  dcganResolution,
  resnetResolution,
  sequenceNetworks,
  augmentationImages,
  cropSize,
  reservedAlias,
  layerShapes,
  sampleShapeFits,
  modesNeedMixture,
  metricNeeds,
  knownFormulas,
  sampleCounts,
  metricComputed,
  curveSources,
  snapshotsNeeded,
  rollbackOnly,
  criticIterationsBounds,
  scheduleLength,
  nesterovNeedsMomentum,
  gridModes,
  splitSize,
  splitBelowBatch,
  labelsNeeded,
  normNeeded,
  conditionalFormula,
  axisExists,
  assertionBounds,
  commandInputs,
  commandOuts,
];

/** What all rules find. `before`: what the phases before found. */
export function checkRules(context: RuleContext, before: readonly Diagnostic[]): readonly Diagnostic[] {
  const found = laws.flatMap((law) => law(context));
  const sound = [...before, ...found].every(({ severity }) => severity !== 'error');
  // In a file with errors, what seems unused is what its misspelt user does not reach.
  return sound ? [...found, ...unused(context)] : found;
}
