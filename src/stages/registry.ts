import type { StageRegistry } from '../execute/contract.js';

/** What each kind of stage does. A worker loads only what its own stage needs: a dataset no TensorFlow. */
export const registry: StageRegistry = {
  dataset: async (context) => (await import('./dataset.js')).runDataset(context),
  train: async (context) => (await import('./train.js')).runTrain(context),
  evaluate: async (context) => (await import('./evaluate.js')).runEvaluate(context),
  classifier: async (context) => (await import('./classifier.js')).runClassifier(context),
  sample: async (context) => (await import('./sample.js')).runSample(context),
};
