// Milliseconds of one generator iteration of what came after weight clipping: gradient penalty, spectral norm, a critic of 152
// layers. Wassermill beside PyTorch on the same networks and batch sizes; docs/performance.md says how to read it.
//
//     node scripts/python-env.mjs --folder .venv-bench-training --requirements scripts/requirements-bench-training.txt
//     node scripts/build.mjs && node bench/methods.mjs [options as of training.mjs]
import { contest } from './support/contest.mjs';
import { dcgan, mlp } from './support/networks.mjs';

const common = { critic_iterations: 5, lr: 5e-4 };
/** arXiv 1704.00028, but for its optimiser. */
const penalised = { ...common, penalty: 10 };
/** He et al. 2015, section 4.2, in four channels to begin with, as pipelines/deep-critic.yaml has it. */
const deep = { ...dcgan(32), features: 16, depth: 152, width: 4, residual_scale: 0.2, batch: 16 };

await contest(
  {
    'WGAN-GP, MLP 3x128, batch 128': { ...penalised, ...mlp, hidden: [128, 128, 128], batch: 128 },
    'WGAN-GP, DCGAN 32x32x3, nf 64, batch 64': { ...penalised, ...dcgan(32) },
    'spectral norm, DCGAN 32x32x3, nf 64, batch 64': { ...common, ...dcgan(32), spectral: true },
    'clip, critic of 152 layers, batch 16': {
      ...{ ...common, ...deep, clip: [-0.1, 0.1] },
      ...{ norm: 'batch', residual_scale: 1 },
    },
    'WGAN-GP, critic of 152 layers, batch 16': { ...penalised, ...deep },
  },
  ['eager', 'tensorflow'],
);
