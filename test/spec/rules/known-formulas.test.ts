import { testLaw, type Changes } from './support.js';

/** The base pipeline with a generator that is a formula, and its data. */
const formula = (generator: Changes, dataset: Changes, reference: Changes = dataset): Changes => ({
  datasets: { ring: undefined, data: dataset, other: reference },
  architectures: { generator },
  stages: {
    train: { dataset: 'data.train' },
    quality: { reference: 'other.train', metrics: { exactly: { type: 'analytic_distances' } } },
  },
});

const splits = { train: 1000 };
const line = { type: 'parallel_line_generator', theta: 1 };
const bell = { type: 'gaussian_generator', mean: 1, std: 1 };
const lines = { type: 'parallel_lines', splits };
const gaussian = { type: 'gaussian', splits };
const roll = { type: 'swiss_roll', splits };

testLaw('metric-data', {
  keeps: [formula(line, lines), formula(bell, gaussian)],
  breaks: [
    [formula({ type: 'mlp_generator', z_dim: 2, hidden: [4] }, lines), 'analytic_distances'],
    [formula(line, lines, roll), 'analytic_distances'],
  ],
});

testLaw('sample-shape', {
  keeps: [formula(line, lines), formula(bell, gaussian), formula(line, roll)],
  breaks: [
    [formula(bell, lines), 'generator'],
    [formula(line, gaussian), 'generator'],
  ],
});
