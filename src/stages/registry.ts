import type { StageRegistry } from '../execute/contract.js';
import { withinMemory } from './within-memory.js';

/** What each kind of stage does. A worker loads only what its own stage needs: a dataset no TensorFlow. */
export const registry: StageRegistry = {
  dataset: withinMemory(async (context) => (await import('./dataset.js')).runDataset(context)),
  train: withinMemory(async (context) => (await import('./train.js')).runTrain(context), 'batch_size'),
  evaluate: withinMemory(async (context) => (await import('./evaluate.js')).runEvaluate(context)),
  classifier: withinMemory(
    async (context) => (await import('./classifier.js')).runClassifier(context),
    'batch_size',
  ),
  extractor: withinMemory(async (context) => (await import('./extractor.js')).runExtractor(context)),
  curves: async (context) => (await import('./curves.js')).runCurves(context),
  compare: async (context) => (await import('./compare.js')).runCompare(context),
  gate: async (context) => (await import('./gate.js')).runGate(context),
  claim: async (context) => (await import('./claim.js')).runClaim(context),
  sample: withinMemory(async (context) => (await import('./sample.js')).runSample(context), 'count'),
};
