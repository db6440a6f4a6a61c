import { expect, test } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { type MetricIdentity, unlikeField, unlikeWords } from '../../src/base/metric-identity.js';
import { fidIdentity } from './identity.js';

const another: Readonly<Record<keyof MetricIdentity, MetricIdentity>> = {
  metric: { ...fidIdentity, metric: 'kid' },
  version: { ...fidIdentity, version: 2 },
  options: { ...fidIdentity, options: { subsets: 10 } },
  split: { ...fidIdentity, split: 'train' },
  reference: { ...fidIdentity, reference: digestBytes('letters') },
  labels: { ...fidIdentity, labels: digestBytes('classes') },
  resizer: { ...fidIdentity, resizer: 'tf1_bilinear to 299' },
  extractor: { ...fidIdentity, extractor: digestBytes('another') },
  against: { ...fidIdentity, against: digestBytes('digits') },
  curve: { ...fidIdentity, curve: digestBytes('a training') },
  samples: { ...fidIdentity, samples: 999 },
  reference_samples: { ...fidIdentity, reference_samples: 999 },
  seed: { ...fidIdentity, seed: 1 },
};

test('values of the same may be compared, however their options are ordered', () => {
  expect(unlikeField(fidIdentity, { ...fidIdentity })).toBeUndefined();
  const [one, other] = [
    { ...fidIdentity, options: { n: 1, m: 2 } },
    { ...fidIdentity, options: { m: 2, n: 1 } },
  ];
  expect(unlikeField(one, other)).toBeUndefined();
});

test.each(Object.entries(another))('another %s makes values unlike, and is named', (field, identity) => {
  expect(unlikeField(fidIdentity, identity)).toBe(field);
  expect(unlikeField(identity, fidIdentity)).toBe(field);
  expect(Object.keys(unlikeWords)).toContain(field);
});

test('of several, the one that says most is named', () => {
  expect(unlikeField(fidIdentity, { ...fidIdentity, seed: 1, samples: 2, reference: digestBytes('x') })).toBe(
    'reference',
  );
});
