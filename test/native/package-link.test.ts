import { expect, test } from 'vitest';

import { linkIntoPackage } from '../../src/native/package-link.js';

test('a package that cannot be written is left alone', async () => {
  const install = {
    flavour: 'native',
    tensorflow: '2.21.0',
    addon: '/cache/addon.node',
    libraryPath: [],
  } as const;
  // Not even root may make files there.
  await expect(linkIntoPackage(install, { addonPackage: '/sys/kernel' })).resolves.toBeUndefined();
});
