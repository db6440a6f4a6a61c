import { onDigits, quality, testLaw } from './support.js';

testLaw('modes-need-mixture', {
  keeps: [quality({ metrics: { modes: { type: 'modes_covered' } } })],
  breaks: [[onDigits({ resize: 32 }, { metrics: { modes: { type: 'modes_covered' } } }), 'modes_covered']],
});
