import { testLaw } from './support.js';

testLaw('name-case', {
  keeps: [],
  breaks: [[{ stages: { Quality: { type: 'sample', model: 'train', count: 1 } } }, 'Quality']],
});
