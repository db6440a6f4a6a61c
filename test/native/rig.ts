import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { expect } from 'vitest';

import { required } from '../../src/base/invariant.js';
import { findProgram, runCommand } from '../../src/native/command.js';
import { thisHost, type NativeHost } from '../../src/native/host.js';
import type { SetupProgress } from '../../src/native/progress.js';
import type { PinnedWheel } from '../../src/native/wheel.js';
import { temporaryFolder } from '../files/support.js';

/*
 * Everything is real here (pip, zip archives, g++, the lock, the processes) but the wheel: a few kilobytes that
 * hold a library with one function, and an add-on of ten lines that answers as the real one would.
 */

const real = thisHost();

/** Why the set-up cannot be tried on this machine, or undefined. */
export const lackingTool = ['python3', 'g++'].find((tool) => !findProgram(tool, process.env));

export interface Rig {
  readonly host: NativeHost;
  readonly wheel: PinnedWheel;
  /** The folder that pip takes wheels from. */
  readonly index: string;
}

interface WheelEntry {
  readonly name: string;
  /** Path of the file that it holds. */
  readonly content: string;
  /** As Unix has it, type included. */
  readonly mode?: number;
}

const library = 'extern "C" const char* TF_Version() { return "2.21.0"; }';
const header = 'extern "C" const char* TF_Version();';
const addon = `
#include <node_api.h>
#include <string>
#include "tensorflow/c/c_api.h"
static napi_value Init(napi_env env, napi_value) {
  std::string text = std::string("({ TF_Version: '") + TF_Version() + "', createTensor: () => 0,"
    "executeOp: () => [{ id: 1 }], tensorDataSync: () => new Float32Array([7, 10, 15, 22]),"
    "isUsingGpuDevice: () => false })";
  napi_value script, answer;
  napi_create_string_utf8(env, text.data(), text.size(), &script);
  napi_run_script(env, script, &answer);
  return answer;
}
NAPI_MODULE(tfjs_binding, Init)
`;

export interface RigOptions {
  /** Put into the wheel besides what belongs there. */
  readonly more?: readonly Omit<WheelEntry, 'content'>[];
  /** Bytes of a random file that belongs to the wheel, to make it slow to unpack. */
  readonly ballast?: number;
  readonly addon?: string;
}

export async function makeRig({
  more = [],
  ballast = 0,
  addon: source = addon,
}: RigOptions = {}): Promise<Rig> {
  const folder = await temporaryFolder();
  const [index, root, addonPackage] = ['index', 'root', 'package'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(index);
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/os-release'), 'ID=debian\n');
  await mkdir(join(addonPackage, 'binding'), { recursive: true });
  await writeFile(join(addonPackage, 'binding/addon.cc'), source);
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  };
  const object = join(folder, 'library.so');
  await succeed(['g++', '-shared', '-fPIC', '-o', object, await write('library.cc', library)]);
  const ballastFile = join(folder, 'ballast');
  await succeed(['head', '-c', String(ballast), '/dev/urandom'], ballastFile);
  const headerFile = await write('c_api.h', header);
  const wheelInfo = 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux_2_27_x86_64\n';
  const wheel = await makeWheel(index, [
    { name: 'tensorflow/libtensorflow_cc.so.2', content: object },
    { name: 'tensorflow/libtensorflow_framework.so.2', content: object },
    { name: 'tensorflow/ballast', content: ballastFile },
    { name: 'tensorflow/python.py', content: headerFile },
    { name: 'tensorflow/include/tensorflow/c/c_api.h', content: headerFile },
    {
      name: 'wassermill_fake-1.0.dist-info/METADATA',
      content: await write('METADATA', 'Metadata-Version: 2.1\nName: wassermill-fake\nVersion: 1.0\n'),
    },
    { name: 'wassermill_fake-1.0.dist-info/WHEEL', content: await write('WHEEL', wheelInfo) },
    { name: 'wassermill_fake-1.0.dist-info/RECORD', content: await write('RECORD', '') },
    ...more.map((entry) => ({ ...entry, content: headerFile })),
  ]);
  const host: NativeHost = {
    ...real,
    environment: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, CXX: '' },
    cache: join(folder, 'cache'),
    platform: 'linux-x64',
    addonPackage,
    root,
    wheels: () => [wheel],
  };
  return { host, wheel, index };
}

/** @param into where its standard output goes. */
async function succeed(command: readonly [string, ...string[]], into?: string): Promise<void> {
  const { environment } = real;
  const outcome = into
    ? await runCommand(['sh', '-c', '"$@" > "$0"', into, ...command], { environment })
    : await runCommand(command, { environment });
  expect(outcome.succeeded, outcome.lastLines.join('\n')).toBe(true);
}

async function makeWheel(index: string, entries: readonly WheelEntry[]): Promise<PinnedWheel> {
  const path = join(index, 'wassermill_fake-1.0-cp312-cp312-manylinux_2_27_x86_64.whl');
  await succeed([
    'python3',
    '-c',
    `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as wheel:
    for entry in json.loads(sys.argv[2]):
        info = zipfile.ZipInfo(entry['name'])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = entry.get('mode', 0o100644) << 16
        wheel.writestr(info, open(entry['content'], 'rb').read())`,
    path,
    JSON.stringify(entries),
  ]);
  const kept = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'ballast'].map(
    (name) => `tensorflow/${name}`,
  );
  return {
    file: basename(path),
    bytes: (await stat(path)).size,
    sha256: createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
    unpackedBytes: 1_000,
    entries: kept,
    headers: ['tensorflow/include/tensorflow/c/'],
  };
}

/** A folder of programs that stands for a PATH with nothing else on it. */
export async function pathWith(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(programs)) {
    const path = join(folder, name);
    if (content.startsWith('#!')) {
      await writeFile(path, content);
      await chmod(path, 0o755);
    } else {
      await symlink(content, path);
    }
  }
  return folder;
}

/** The absolute path of a program of this machine. */
export function programPath(name: string): string {
  return required(findProgram(name, process.env), name);
}

/** The interpreter itself: what the PATH leads to may be a script that needs other programs. */
export async function pythonPath(): Promise<string> {
  const command = ['python3', '-c', 'import sys; print(sys.executable)'] as const;
  return (await runCommand(command, { environment: process.env })).stdout.trim();
}

export interface SetupChild {
  readonly process: ChildProcess;
  /** Resolves when the phase has begun. */
  begun(phase: SetupProgress['phase']): Promise<void>;
  /** Resolves with all that was reported and the outcome's text, when the process has ended. */
  readonly end: Promise<{ readonly phases: readonly SetupProgress[]; readonly outcome: string }>;
}

/** Runs `ensureNative` in a process of its own. @param dist what `compiledSources` made. */
export function setUpInChild(dist: string, { host, wheel }: Rig): SetupChild {
  const script = `
    import { ensureNative } from './native/ensure-native.js';
    const host = { ...${JSON.stringify(host)}, wheels: () => [${JSON.stringify(wheel)}] };
    const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
    const outcome = await ensureNative('native', { host, report: say });
    say({ outcome });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: dist,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const seen = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as SetupProgress | { readonly outcome: unknown });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const end = new Promise<Awaited<SetupChild['end']>>((resolve) => {
    child.on('close', () => {
      const lines = seen();
      const phases = lines.filter((line) => 'phase' in line);
      resolve({ phases, outcome: JSON.stringify(lines.find((line) => 'outcome' in line)) });
    });
  });
  const begun = (phase: SetupProgress['phase']) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (seen().some((line) => 'phase' in line && line.phase === phase)) resolve();
      };
      child.stdout.on('data', look);
      child.on('close', () => {
        reject(new Error(`ended before ${phase}: ${text}`));
      });
      look();
    });
  return { process: child, begun, end };
}
