import { testLaw } from './support.js';

const inputs = (...names: readonly string[]) => ({
  stages: {
    a: { type: 'command', run: 'true' },
    plot: {
      type: 'command',
      run: 'true',
      inputs: Object.fromEntries(names.map((name) => [name, 'a'])),
    },
  },
});

testLaw('command-inputs', {
  keeps: [inputs('model', 'other'), inputs('a-b', 'ab')],
  breaks: [
    [inputs('test-set', 'test_set'), 'test_set'],
    [inputs('model', 'Model'), 'Model'],
  ],
});
