import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { err, ok, type Result } from '../base/result.js';
import { findProgram, runCommand } from './command.js';
import type { NativeHost } from './host.js';
import { problem, type NativeProblem } from './problem.js';

/** The programs that the set-up starts. */
export type Tool = 'python3' | 'pip' | 'compiler';

export interface Tools {
  /** Absolute path; pip is a module of it. */
  readonly python: string;
  /** The compiler's command, as in `['ccache', 'g++']`. */
  readonly compiler: readonly [string, ...string[]];
}

export type ToolState =
  { readonly found: true; readonly detail: string } | { readonly found: false; readonly detail: string };

/** Looks for every tool, so that all that is missing can be said at once. */
export async function findTools(host: NativeHost): Promise<Readonly<Record<Tool, ToolState>>> {
  const { environment } = host;
  const python = findProgram('python3', environment);
  const pip = python && (await runCommand([python, '-m', 'pip', '--version'], { environment }));
  const compiler = compilerCommand(host);
  const builds = findProgram(compiler[0], environment)
    ? await runCommand([...compiler, '-std=c++17', '-fsyntax-only', '-x', 'c++', '-'], {
        environment,
        input: '#include <optional>\nstd::optional<int> none;\n',
      })
    : undefined;
  return {
    python3: python ? found(python) : missing('python3 is not on the PATH'),
    pip: pip
      ? pip.succeeded
        ? found(pip.stdout.trim())
        : missing('`python3 -m pip --version` fails')
      : missing('pip needs python3'),
    compiler: builds
      ? builds.succeeded
        ? found(compiler.join(' '))
        : missing(`\`${compiler.join(' ')}\` cannot compile C++17`)
      : missing(`the C++ compiler \`${compiler[0]}\` is not there`),
  };
}

/** The tools, or a problem that names every missing one and how to install it. */
export async function requireTools(host: NativeHost): Promise<Result<Tools, NativeProblem>> {
  const states = await findTools(host);
  const tools: readonly Tool[] = ['python3', 'pip', 'compiler'];
  const absent = tools.filter((tool) => !states[tool].found);
  // That pip is missing where python3 is goes without saying.
  const told = absent.filter((tool) => tool !== 'pip' || !absent.includes('python3'));
  if (told.length > 0) {
    const what = told.map((tool) => states[tool].detail).join(', and ');
    return err(
      problem(
        'tools-missing',
        `The native backend cannot be set up: ${what}`,
        installCommands(absent, host).map((command) => `install what is missing: ${command}`),
      ),
    );
  }
  return ok({ python: states.python3.detail, compiler: compilerCommand(host) });
}

function compilerCommand({ environment }: NativeHost): readonly [string, ...string[]] {
  const [program = 'g++', ...args] = (environment['CXX'] ?? '').split(/\s+/).filter((word) => word !== '');
  return [program, ...args];
}

const packages: readonly {
  readonly systems: readonly string[];
  readonly command: string;
  readonly names: Readonly<Record<Tool, string>>;
}[] = [
  {
    systems: ['debian', 'ubuntu'],
    command: 'apt-get install -y',
    names: { python3: 'python3', pip: 'python3-pip', compiler: 'g++' },
  },
  {
    systems: ['fedora', 'rhel', 'centos'],
    command: 'dnf install -y',
    names: { python3: 'python3', pip: 'python3-pip', compiler: 'gcc-c++' },
  },
  {
    systems: ['suse', 'opensuse'],
    command: 'zypper install -y',
    names: { python3: 'python3', pip: 'python3-pip', compiler: 'gcc-c++' },
  },
  {
    systems: ['arch'],
    command: 'pacman -S --noconfirm',
    names: { python3: 'python', pip: 'python-pip', compiler: 'gcc' },
  },
];

/** The command that installs the tools on this system; of a system that is not known, the usual ones. */
export function installCommands(tools: readonly Tool[], host: NativeHost): readonly string[] {
  const known = systemNames(host);
  const own = packages.filter(({ systems }) => systems.some((system) => known.includes(system)));
  const sudo = host.user === 0 ? '' : 'sudo ';
  return (own.length > 0 ? own.slice(0, 1) : packages.slice(0, 2)).map(
    ({ command, names }) => `${sudo}${command} ${tools.map((tool) => names[tool]).join(' ')}`,
  );
}

/** The distribution and those that it derives from, by `os-release`. */
function systemNames({ root }: NativeHost): readonly string[] {
  try {
    const text = readFileSync(join(root, 'etc/os-release'), 'utf8');
    return [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, names]) =>
      (names ?? '').split(' '),
    );
  } catch {
    return [];
  }
}

function found(detail: string): ToolState {
  return { found: true, detail };
}

function missing(detail: string): ToolState {
  return { found: false, detail };
}
