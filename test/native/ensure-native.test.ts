import { existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ensureNative } from '../../src/native/ensure-native.js';
import { thisHost, type NativeHost } from '../../src/native/host.js';
import type { NativeInstall } from '../../src/native/installation.js';
import type { NativeProblem } from '../../src/native/problem.js';
import type { SetupProgress } from '../../src/native/progress.js';
import { cpuWayOut } from '../../src/native/problem.js';
import { lackingTool, makeRig, pathWith, programPath, pythonPath } from './rig.js';

const silent = () => undefined;

async function installed(host: NativeHost): Promise<NativeInstall> {
  const result = await ensureNative('native', { host, report: silent });
  if (!result.ok) throw new Error(JSON.stringify(result.error, undefined, 2));
  return result.value;
}

async function refused(host: NativeHost): Promise<NativeProblem> {
  const result = await ensureNative('native', { host, report: silent });
  if (result.ok) throw new Error(`unexpectedly set up: ${result.value.addon}`);
  expect(result.error.help.at(-1)).toBe(cpuWayOut);
  return result.error;
}

const native = (host: NativeHost) => join(host.cache, 'native');

describe.skipIf(lackingTool !== undefined)(
  `with pip and g++ (missing here: ${lackingTool ?? 'nothing'})`,
  () => {
    test('sets up once, for the user alone, and leaves nothing else behind', async () => {
      const { host } = await makeRig();
      const progress: SetupProgress[] = [];
      const result = await ensureNative('native', { host, report: (step) => progress.push(step) });
      if (!result.ok) throw new Error(JSON.stringify(result.error));
      const install = result.value;
      expect(install).toEqual({
        flavour: 'native',
        tensorflow: '2.21.0',
        addon: join(dirname(dirname(install.addon)), 'tensorflow/tfjs_binding.node'),
        libraryPath: [],
      });
      expect(await readdir(native(host))).toEqual([expect.stringMatching(/^native-[0-9a-f]{16}$/)]);
      expect((await stat(native(host))).mode & 0o777).toBe(0o700);
      expect((await readdir(dirname(install.addon))).sort()).toEqual([
        'ballast',
        'libtensorflow_cc.so.2',
        'libtensorflow_framework.so.2',
        'tfjs_binding.node',
      ]);
      const phases = progress
        .map(({ phase }) => phase)
        .filter((phase, index, all) => phase !== all[index - 1]);
      expect(phases).toEqual(['download', 'verify', 'download', 'extract', 'compile', 'done']);

      const before = (await stat(install.addon)).ino;
      const again = await ensureNative('native', {
        host: { ...host, environment: { PATH: '/nowhere' } },
        report: (step) => expect.unreachable(step.phase),
      });
      expect(again).toEqual(result);
      expect((await stat(install.addon)).ino).toBe(before);
    });

    test('links the add-on into the package, in place of a link to another set-up', async () => {
      const { host } = await makeRig();
      const link = join(host.addonPackage, 'lib/napi-v8/tfjs_binding.node');
      const { addon } = await installed(host);
      expect(await readlink(link)).toBe(addon);
      await rm(link);
      await symlink('/nowhere/tfjs_binding.node', link);
      await installed(host);
      expect(await readlink(link)).toBe(addon);
      expect(await readdir(dirname(link))).toEqual(['tfjs_binding.node']);
    });

    test("leaves a file that is not ours in the package's place", async () => {
      const { host } = await makeRig();
      const file = join(host.addonPackage, 'lib/napi-v8/tfjs_binding.node');
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, 'stock');
      await installed(host);
      expect((await lstat(file)).isFile()).toBe(true);
      expect(await readFile(file, 'utf8')).toBe('stock');
    });

    test('other sources of the add-on make another set-up, beside the first', async () => {
      const { host } = await makeRig();
      const first = await installed(host);
      const source = join(host.addonPackage, 'binding/addon.cc');
      await writeFile(source, `${await readFile(source, 'utf8')}// changed\n`);
      const second = await installed(host);
      expect(second.addon).not.toBe(first.addon);
      expect(existsSync(first.addon)).toBe(true);
    });

    test('makes anew what is damaged', async () => {
      const { host } = await makeRig();
      const { addon } = await installed(host);
      const folder = dirname(dirname(addon));
      const library = join(folder, 'tensorflow/libtensorflow_cc.so.2');
      const { size } = await stat(library);
      const damages = [
        () => truncate(library, size - 1),
        () => rm(addon),
        () => rm(join(folder, 'installed.json')),
        () => truncate(join(folder, 'installed.json'), 40),
      ];
      for (const damage of damages) {
        await damage();
        expect((await installed(host)).addon).toBe(addon);
        expect((await stat(library)).size).toBe(size);
        expect(existsSync(addon)).toBe(true);
      }
    });

    test('refuses a wheel with another digest, and unpacks nothing of it', async () => {
      const { host, wheel } = await makeRig();
      const sha256 = '0'.repeat(64);
      const error = await refused({ ...host, wheels: () => [{ ...wheel, sha256 }] });
      expect(error.reason).toBe('wrong-digest');
      expect(error.message).toContain(`its SHA-256 is ${wheel.sha256} instead of ${sha256}`);
      expect(await readdir(native(host))).toEqual(['download']);
      expect(await readdir(join(native(host), 'download'))).toEqual([]);
    });

    test.each([
      ['leaves the folder', { name: '../../escaped.h' }, 'invalid relative path: ../../escaped.h'],
      ['is absolute', { name: '/tmp/escaped.h' }, 'absolute path: /tmp/escaped.h'],
      ['is a link', { name: 'tensorflow/link', mode: 0o120_777 }, 'tensorflow/link is not a plain file'],
    ])('refuses an archive with an entry that %s', async (_, entry, why) => {
      const { host } = await makeRig({ more: [entry] });
      const error = await refused(host);
      expect(error.reason).toBe('bad-archive');
      expect(error.message).toContain(why);
      expect(await readdir(native(host))).toEqual(['download']);
      expect(existsSync('/tmp/escaped.h')).toBe(false);
    });

    test('refuses an archive that lacks a pinned entry', async () => {
      const { host, wheel } = await makeRig();
      const entries = [...wheel.entries, 'tensorflow/libmore.so'];
      const error = await refused({ ...host, wheels: () => [{ ...wheel, entries }] });
      expect(error.message).toContain('tensorflow/libmore.so is missing');
    });

    test("keeps pip's words when it finds no wheel", async () => {
      const { host, wheel, index } = await makeRig();
      await rm(join(index, wheel.file));
      const error = await refused(host);
      expect(error.reason).toBe('download-failed');
      expect(error.output.join('\n')).toContain('No matching distribution found for wassermill-fake==1.0');
      expect(error.help.join('\n')).toContain('PIP_FIND_LINKS');
    });

    test("keeps the compiler's words when the add-on does not compile, and the wheel for the next time", async () => {
      const { host, wheel } = await makeRig({ addon: '#include <tensorflow/absent.h>\n' });
      const error = await refused(host);
      expect(error.reason).toBe('compile-failed');
      expect(error.output.join('\n')).toContain('tensorflow/absent.h: No such file or directory');
      expect(await readdir(native(host))).toEqual(['download']);
      expect(await readdir(join(native(host), 'download'))).toEqual([wheel.file]);
    });

    test('does not install an add-on whose symbols the library lacks', async () => {
      const { host } = await makeRig({
        addon: `#include <node_api.h>
        extern "C" int TF_NotThere();
        static napi_value Init(napi_env, napi_value exports) { return TF_NotThere() ? exports : nullptr; }
        NAPI_MODULE(tfjs_binding, Init)`,
      });
      const error = await refused(host);
      expect(error.reason).toBe('load-failed');
      expect(error.output.join('\n')).toContain('undefined symbol: TF_NotThere');
      expect(await readdir(native(host))).toEqual(['download']);
    });

    test('names what is missing before it downloads anything', async () => {
      const { host } = await makeRig();
      const without = (PATH: string): NativeHost => ({
        ...host,
        user: 0,
        environment: { ...host.environment, PATH },
      });
      const python3 = `#!/bin/sh\nexec ${await pythonPath()} "$@"\n`;
      const cxx = programPath('g++');

      const nothing = await refused(without('/nowhere'));
      expect(nothing.reason).toBe('tools-missing');
      expect(nothing.message).toBe(
        'The native backend cannot be set up: python3 is not on the PATH, and the C++ compiler `g++` is not there',
      );
      expect(nothing.help[0]).toBe('install what is missing: apt-get install -y python3 python3-pip g++');

      const compiler = await refused(without(await pathWith({ python3 })));
      expect(compiler.message).toContain('the C++ compiler `g++` is not there');
      expect(compiler.help[0]).toBe('install what is missing: apt-get install -y g++');

      const pip = await refused(
        without(
          await pathWith({ python3: '#!/bin/sh\necho "No module named pip" >&2; exit 1\n', 'g++': cxx }),
        ),
      );
      expect(pip.message).toContain('`python3 -m pip --version` fails');
      expect(pip.help[0]).toBe('install what is missing: apt-get install -y python3-pip');
      expect(await readdir(native(host))).toEqual([]);
    });

    test('stops when asked to', async () => {
      const { host } = await makeRig({ ballast: 20_000_000 });
      const stop = new AbortController();
      const report = ({ phase }: SetupProgress) => {
        if (phase === 'extract') stop.abort();
      };
      await expect(ensureNative('native', { host, report, signal: stop.signal })).rejects.toThrow(/abort/i);
      expect(await readdir(native(host))).toEqual(['download']);
      await installed(host);
    });
  },
);

test('refuses a cache folder that others can write into', async () => {
  const { host } = await makeRig();
  await mkdir(host.cache, { mode: 0o700 });
  await chmod(host.cache, 0o770);
  const error = await refused(host);
  expect(error.reason).toBe('cache-refused');
  expect(error.message).toContain(`others can write into the cache folder ${host.cache} (mode 770)`);
  expect(error.help[0]).toBe(`chmod go-w ${host.cache}`);
});

test('refuses a cache folder that belongs to somebody else', async () => {
  const { host } = await makeRig();
  const error = await refused({ ...host, user: host.user + 1 });
  expect(error.reason).toBe('cache-refused');
  expect(error.message).toContain(`belongs to user ${host.user}, and this is user ${host.user + 1}`);
});

test('says which platforms there are', async () => {
  const { host } = await makeRig();
  const { wheels } = thisHost();
  const error = await refused({ ...host, wheels, platform: 'linux-x64-musl' });
  expect(error.reason).toBe('unsupported-platform');
  expect(error.message).toContain('linux-x64-musl');
});

test('never takes the CPU for the GPU', async () => {
  const { host } = await makeRig();
  const result = await ensureNative('gpu', { host, report: silent });
  expect(result).toMatchObject({ ok: false, error: { reason: 'no-gpu' } });
  expect(existsSync(native(host))).toBe(false);
});

test('offers the native backend where TensorFlow has no GPU library', async () => {
  const { host } = await makeRig();
  const { wheels } = thisHost();
  const result = await ensureNative('gpu', {
    host: { ...host, wheels, platform: 'linux-arm64' },
    report: silent,
  });
  expect(result).toMatchObject({ ok: false, error: { reason: 'unsupported-platform' } });
  expect(result.ok ? '' : result.error.help[0]).toContain('--backend native');
});
