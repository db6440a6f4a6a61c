import { onText, testLaw } from './support.js';

testLaw('sequence-networks', {
  keeps: [onText()],
  breaks: [
    [onText({ architectures: { generator: { type: 'mlp_generator', z_dim: 2, hidden: [8] } } }), 'generator'],
    [onText({ architectures: { critic: { type: 'mlp_critic', hidden: [8] } } }), 'critic'],
    [{ architectures: { critic: { type: 'resnet1d_critic', width: 8, blocks: 1 } } }, 'critic'],
  ],
});
