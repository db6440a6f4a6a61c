import { onDigits, quality, testLaw } from './support.js';

const exact = { metrics: { w: { type: 'exact_wasserstein' } } };
const sinkhorn = { metrics: { s: { type: 'sinkhorn_divergence' } } };
const told = { metrics: { t: { type: 'nearest_neighbour_test' } } };
const large = { datasets: { ring: { splits: { train: 50000, test: 20000 } } } };

testLaw('sample-counts', {
  keeps: [
    quality({ ...exact, samples: 2000 }),
    { ...large, ...quality({ ...sinkhorn, samples: 5000 }) },
    // Of unequal counts these are numbers, too.
    quality({ metrics: { m: { type: 'mmd' } }, samples: 30_000 }),
    // A share is what the data makes of it.
    onDigits({ splits: { train: 0.9, test: 0.1 } }, { ...exact, samples: 4000 }),
  ],
  breaks: [
    [{ ...large, ...quality({ ...exact, samples: 5001 }) }, 'exact_wasserstein'],
    [{ ...large, ...quality({ ...sinkhorn, samples: 6000 }) }, 'sinkhorn_divergence'],
    [quality({ ...exact, samples: 2001 }), 'exact_wasserstein'],
    [quality({ ...told, samples: 2001 }), 'nearest_neighbour_test'],
  ],
});
