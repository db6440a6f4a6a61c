import { type Changes, onDigits, testLaw } from './support.js';

const cropped = (dataset: Changes, crop: number): Changes => ({
  ...onDigits(dataset),
  stages: { train: { dataset: 'mnist.train', augmentation: { crop } }, quality: { reference: 'mnist.test' } },
});

testLaw('crop-size', {
  // Without `resize` the file decides.
  keeps: [cropped({ resize: 32 }, 31), cropped({}, 32)],
  breaks: [
    [cropped({ resize: 32 }, 32), '32'],
    [cropped({ resize: 8 }, 100), '100'],
  ],
});
