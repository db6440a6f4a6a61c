import { onDigits, testLaw } from './support.js';

testLaw('split-size', {
  keeps: [
    // 0.7 + 0.2 + 0.1 is a little more than 1 in floating point.
    onDigits({ resize: 32, splits: { train: 0.7, test: 0.2, rest: 0.1 } }),
    onDigits({ resize: 32, splits: { train: 0.5, test: 100 } }),
  ],
  breaks: [
    [{ datasets: { ring: { splits: { train: 0.5 } } } }, '0.5'],
    [{ datasets: { ring: { splits: { train: 1000.5 } } } }, '1000.5'],
    [{ datasets: { figures: { type: 'shapes', side: 32, splits: { train: 0.5 } } } }, '0.5'],
    [onDigits({ resize: 32, splits: { train: 0.9, test: 0.2 } }), 'train: 0.9\n      test: 0.2'],
  ],
});
