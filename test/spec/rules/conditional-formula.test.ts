import { type Changes, testLaw } from './support.js';

const told = (generator: Changes, by: Changes = { type: 'embedding' }): Changes => ({
  architectures: { generator },
  stages: { train: { conditional: { type: 'projection', generator: by } } },
});
const line = { type: 'parallel_line_generator', theta: 1, z_dim: undefined, hidden: undefined };

testLaw('conditional-formula', {
  keeps: [told({}), { architectures: { generator: line } }],
  breaks: [
    [told(line), 'projection'],
    [told(line, { type: 'norm' }), 'projection'],
  ],
});
