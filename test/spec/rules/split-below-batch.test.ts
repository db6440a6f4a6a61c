import { onDigits, testLaw } from './support.js';

testLaw('split-below-batch', {
  keeps: [
    { datasets: { ring: { splits: { train: 128 } } } },
    onDigits({ resize: 32, splits: { train: 0.001 } }),
  ],
  breaks: [
    [{ datasets: { ring: { splits: { train: 127 } } } }, '128'],
    [{ datasets: { ring: { splits: { train: 1 } } } }, '128'],
  ],
});
