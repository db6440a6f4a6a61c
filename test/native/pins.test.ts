import { expect, test } from 'vitest';

import { isDigest } from '../../src/base/digest.js';
import { nvidiaWheels } from '../../src/native/nvidia-wheels.js';
import { pinnedWheels, tensorflowVersion } from '../../src/native/pins.js';

const all = [
  ...(pinnedWheels('linux-x64', 'native') ?? []),
  ...(pinnedWheels('linux-x64', 'gpu') ?? []),
  ...(pinnedWheels('linux-arm64', 'native') ?? []),
];

test('every wheel is pinned by a digest of its own, and keeps its files below its own folders', () => {
  expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(all.length);
  for (const { file, sha256, bytes, unpackedBytes, entries } of all) {
    expect(isDigest(sha256), file).toBe(true);
    expect(bytes, file).toBeLessThan(2 ** 31);
    expect(unpackedBytes, file).toBeGreaterThan(0);
    for (const entry of entries) expect(entry).toMatch(/^(tensorflow|nvidia\/\w+)\/[\w./-]+$/);
  }
});

test("TensorFlow's wheels are of one version, and only the x64 GPU needs NVIDIA's", () => {
  const others = all.filter((wheel) => !nvidiaWheels.includes(wheel));
  expect(others.map(({ file }) => file.split('-')[1])).toEqual(Array(3).fill(tensorflowVersion));
  expect(all.length - others.length).toBe(12);
  expect(pinnedWheels('linux-arm64', 'gpu')).toBeUndefined();
  expect(pinnedWheels('darwin-arm64', 'native')).toBeUndefined();
});
