import { type Changes, onDigits, onText, testLaw, train } from './support.js';

const flip = { augmentation: { flip: true } };
const onImages: Changes = {
  ...onDigits({}),
  stages: { train: { dataset: 'mnist.train', ...flip }, quality: { reference: 'mnist.test' } },
};
const text: Changes = {
  ...onText(),
  stages: {
    train: { dataset: 'corpus.train', ...flip },
    quality: { reference: 'corpus.test', metrics: { swd: undefined, js2: { type: 'ngram_js', n: 2 } } },
  },
};

testLaw('augmentation-images', {
  keeps: [onImages, {}],
  breaks: [
    [train(flip), 'flip: true'],
    [text, 'flip: true'],
  ],
});
