import { type Changes, onDigits, onText, testLaw, train } from './support.js';

const budget = { epochs: 1 };
const withClassifier = (base: Changes, fields: Changes): Changes => ({
  ...base,
  stages: { ...(base['stages'] as Changes), features: { type: 'classifier', budget, ...fields } },
});
const labelled = onDigits({ resize: 32, labels: 'labels.gz' });
const conditional = (base: Changes): Changes => ({
  ...base,
  stages: {
    ...(base['stages'] as Changes),
    train: { ...((base['stages'] as Changes)['train'] as Changes), conditional: 'projection' },
  },
});
const roll = { datasets: { roll: { type: 'swiss_roll', splits: { train: 1000 } } } };

testLaw('labels-needed', {
  keeps: [
    withClassifier({}, { dataset: 'ring.train', test: 'ring.test' }),
    withClassifier(labelled, { dataset: 'mnist.train', test: 'mnist.test' }),
    train({ conditional: 'projection' }),
    conditional(labelled),
  ],
  breaks: [
    [withClassifier(onDigits({ resize: 32 }), { dataset: 'mnist.train' }), 'mnist.train'],
    [withClassifier(roll, { dataset: 'roll.train' }), 'roll.train'],
    [withClassifier(roll, { dataset: 'ring.train', test: 'roll.train' }), 'roll.train'],
    [conditional(onDigits({ resize: 32 })), 'projection'],
    [conditional(onText()), 'projection'],
  ],
});

testLaw('split-below-batch', {
  keeps: [withClassifier({}, { dataset: 'ring.train', batch_size: 1000 })],
  breaks: [[withClassifier({}, { dataset: 'ring.train', batch_size: 1_000_000 }), '1000000']],
});
