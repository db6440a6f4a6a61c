import { digestBytes } from '../../src/base/digest.js';
import type { MetricIdentity } from '../../src/base/metric-identity.js';

/** Of a Fréchet distance between 1,000 samples and as many digits. */
export const fidIdentity: MetricIdentity = {
  metric: 'fid',
  version: 1,
  options: {},
  samples: 1000,
  reference_samples: 1000,
  split: 'test',
  reference: digestBytes('digits'),
  extractor: digestBytes('a classifier'),
  seed: 0,
};
