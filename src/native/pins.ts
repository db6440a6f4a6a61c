import { nvidiaWheels } from './nvidia-wheels.js';
import type { NativeFlavour, PinnedWheel } from './wheel.js';

export const tensorflowVersion = '2.21.0';

/** Where the wheels hold TensorFlow's libraries and headers, and where the add-on is put beside them. */
export const tensorflowFolder = 'tensorflow';

const entries = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];

/** The C interface alone; the wheel's other 13,000 headers (270 MB) are not for us. */
const headers = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
];

const cpuX64: PinnedWheel = {
  file: 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
  bytes: 274_000_871,
  sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  unpackedBytes: 853_308_936,
  entries,
  headers,
};

/** For this processor the wheel called `tensorflow` is built without CUDA. */
const cpuArm64: PinnedWheel = {
  file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl',
  bytes: 281_946_471,
  sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
  unpackedBytes: 883_062_208,
  entries,
  headers,
};

const gpuX64: PinnedWheel = {
  file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
  bytes: 572_611_111,
  sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  unpackedBytes: 1_259_021_080,
  entries,
  headers,
};

const pinned: Readonly<Record<string, Partial<Record<NativeFlavour, readonly PinnedWheel[]>>>> = {
  'linux-x64': { native: [cpuX64], gpu: [gpuX64, ...nvidiaWheels] },
  'linux-arm64': { native: [cpuArm64] },
};

/** The wheels of a flavour, or undefined where there are none for the platform (`linux-x64`, `linux-arm64`). */
export function pinnedWheels(platform: string, flavour: NativeFlavour): readonly PinnedWheel[] | undefined {
  return pinned[platform]?.[flavour];
}
