import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import ts from 'typescript';
import { onTestFinished } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** A folder that lasts as long as the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wassermill-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file system of its own in memory, of so many kB, that lasts as long as the test. */
export interface SmallDisk {
  readonly folder: string;
  /** Changes its options, as in `ro` or `size=500k`. */
  readonly remount: (options: string) => void;
}

/** Undefined where this process may not mount: that needs root, and not in every container. */
export async function smallDisk(kilobytes: number): Promise<SmallDisk | undefined> {
  const folder = await temporaryFolder();
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  try {
    mount(`size=${kilobytes}k`);
  } catch {
    return undefined;
  }
  // Before the folder is removed: the last that is registered comes first.
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return { folder, remount: (options) => mount(`remount,${options}`) };
}

/** The given folders of src as JavaScript, for child processes: each file by itself, so within a second. */
export async function compiledSources(folders: readonly string[]): Promise<string> {
  const output = await mkdtemp(join(tmpdir(), 'wassermill-dist-'));
  await writeFile(join(output, 'package.json'), '{"type":"module"}');
  await symlink(join(root, 'node_modules'), join(output, 'node_modules'));
  for (const folder of folders) {
    const source = join(root, 'src', folder);
    for (const file of await readdir(source, { recursive: true })) {
      if (!file.endsWith('.ts')) continue;
      const text = await readFile(join(source, file), 'utf8');
      const options = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
      const { outputText } = ts.transpileModule(text, {
        compilerOptions: { ...options, verbatimModuleSyntax: true },
      });
      const target = join(output, folder, file.replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }
  }
  return output;
}

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script (the text of a module) in a process of its own, next to the compiled sources. */
export async function runScript(
  dist: string,
  script: string,
  args: readonly string[] = [],
): Promise<ScriptEnd> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...args], { cwd: dist });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => {
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/** Numbers in [0, 1) that are the same in every run of the tests (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
