// Milliseconds of one generator iteration (5 clipped critic steps, 1 generator step, RMSProp), Wassermill beside
// PyTorch, eager and compiled, and beside Python's TensorFlow, on the same networks and batch sizes. docs/performance.md says how
// to run and to read it.
//
//     node scripts/python-env.mjs --folder .venv-bench-training --requirements scripts/requirements-bench-training.txt
//     node scripts/build.mjs && node bench/training.mjs [--python PATH] [--rounds 7] [--seconds 2] [--only NAME] [--threads 2,1]
//         [--peers eager,compile,tensorflow] [--device gpu]
import { contest } from './support/contest.mjs';
import { dcgan, mlp } from './support/networks.mjs';

const clipped = { critic_iterations: 5, lr: 5e-4, clip: [-0.1, 0.1] };
const bfloat16 = { ...clipped, precision: 'bfloat16' };
const large = { ...mlp, hidden: [512, 512, 512, 512], batch: 256 };

await contest(
  {
    'MLP 4x128, batch 64': { ...clipped, ...mlp },
    'MLP 4x512, batch 256': { ...clipped, ...large },
    'DCGAN 32x32x3, nf 64, batch 64': { ...clipped, ...dcgan(32) },
    'DCGAN 64x64x3, nf 64, batch 64': { ...clipped, ...dcgan(64) },
    'MLP 4x512, batch 256, ours in bfloat16': { ...bfloat16, ...large },
    'DCGAN 32x32x3, nf 64, batch 64, ours in bfloat16': { ...bfloat16, ...dcgan(32) },
  },
  ['eager', 'compile', 'tensorflow'],
);
