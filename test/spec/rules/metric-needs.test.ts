import { type Changes, onDigits, onText, quality, testLaw } from './support.js';

const features = { type: 'classifier', dataset: 'mnist.train', budget: { epochs: 1 } };
const fid = { metrics: { fid: { type: 'fid' } } };
const score = { metrics: { score: { type: 'inception_score' } } };
const inception = {
  type: 'extractor',
  network: { type: 'saved_model', path: '../inception' },
  features: 'pool_3',
};
const measured = (fields: Changes, more: Changes = {}) => {
  const digits = onDigits({ resize: 32 }, fields);
  return { ...digits, stages: { ...(digits['stages'] as Changes), ...more } };
};

testLaw('extractor-needed', {
  keeps: [
    measured({ ...fid, extractor: 'features' }, { features }),
    measured({ metrics: { kid: { type: 'kid' } }, extractor: 'features' }, { features }),
    quality({ metrics: { mmd: { type: 'mmd' } } }),
    measured({ ...fid, extractor: 'inception' }, { inception }),
    measured({ ...score, extractor: 'inception' }, { inception: { ...inception, logits: 'logits' } }),
    measured({ ...score, extractor: 'inception' }, { inception: { ...inception, logits: 3 } }),
  ],
  breaks: [
    [measured(fid), 'fid'],
    [measured({ ...score, extractor: 'inception' }, { inception }), 'inception_score'],
    [measured({ metrics: { kid: { type: 'kid' } } }), 'kid'],
    [measured({ metrics: { score: { type: 'inception_score' } } }), 'inception_score'],
    [measured({ metrics: { right: { type: 'conditional_accuracy' } } }), 'conditional_accuracy'],
    [quality({ metrics: { m: { type: 'mmd', space: 'features' } } }), 'features'],
    [quality({ metrics: { p: { type: 'precision_recall', space: 'features' } } }), 'features'],
    [
      quality({ metrics: { c: { type: 'nearest_neighbour', space: 'features', against: 'ring.train' } } }),
      'features',
    ],
  ],
});

testLaw('metric-data', {
  keeps: [onText(), quality({ metrics: { w1: { type: 'exact_wasserstein' } } })],
  breaks: [
    [quality({ metrics: { js: { type: 'ngram_js', n: 2 } } }), 'ngram_js'],
    [onText({ metrics: { js2: { type: 'sliced_wasserstein' } } }), 'sliced_wasserstein'],
    [onText({ metrics: { js2: { type: 'ngram_js', n: 17 } } }), '17'],
    [onText({ metrics: { js2: { type: 'mmd' } } }), 'mmd'],
    [quality({ metrics: { s: { type: 'spectrum_distance' } } }), 'spectrum_distance'],
    [onText({ metrics: { js2: { type: 'spectrum_distance' } } }), 'spectrum_distance'],
    [quality({ metrics: { s: { type: 'ms_ssim' } } }), 'ms_ssim'],
    [onText({ metrics: { js2: { type: 'ms_ssim' } } }), 'ms_ssim'],
    [onText({ metrics: { js2: { type: 'precision_recall' } } }), 'precision_recall'],
  ],
});

const told = (conditional: Changes): Changes => {
  const digits = onDigits(
    { resize: 32, labels: 'labels.gz' },
    { metrics: { right: { type: 'conditional_accuracy' } }, extractor: 'features' },
  );
  const stages = digits['stages'] as Changes;
  return {
    ...digits,
    stages: { ...stages, features, train: { ...(stages['train'] as Changes), ...conditional } },
  };
};

testLaw('metric-data', {
  keeps: [told({ conditional: 'projection' })],
  breaks: [[told({}), 'conditional_accuracy']],
});

const small = { type: 'idx', images: 'small.gz', resize: 16, splits: { train: 100 } };

testLaw('sample-shape', {
  keeps: [
    measured({ ...fid, extractor: 'features' }, { features }),
    measured({ ...fid, extractor: 'inception' }, { inception }),
  ],
  breaks: [
    [{ stages: { quality: { ...fid, extractor: 'inception' }, inception } }, 'inception'],
    [
      {
        ...measured({ ...fid, extractor: 'features' }, { features: { ...features, dataset: 'small.train' } }),
        datasets: {
          ring: undefined,
          mnist: { type: 'idx', images: 'i.gz', resize: 32, splits: { train: 9000, test: 1000 } },
          small,
        },
      },
      'features',
    ],
    [
      {
        ...measured({ metrics: { copied: { type: 'nearest_neighbour', against: 'small.train' } } }),
        datasets: {
          ring: undefined,
          mnist: { type: 'idx', images: 'i.gz', resize: 32, splits: { train: 9000, test: 1000 } },
          small,
        },
      },
      'small.train',
    ],
  ],
});
