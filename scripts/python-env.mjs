// Makes a Python environment if it is missing or out of date: without options .venv, that of the tests' referees
// (scripts/requirements.txt). Where there is no Python it says so and ends well: what needs the environment is skipped.
//
//     node scripts/python-env.mjs [--folder .venv] [--requirements scripts/requirements.txt]
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { URL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    folder: { type: 'string', default: path.join(root, '.venv') },
    requirements: { type: 'string', default: path.join(root, 'scripts', 'requirements.txt') },
  },
});
const environment = path.resolve(options.folder);
const { requirements } = options;
// Written last: an environment without it, or with another text, is made again.
const marker = path.join(environment, 'requirements.txt');

const wanted = readFileSync(requirements, 'utf8');
if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) {
  console.log(`${environment} is up to date`);
} else {
  rmSync(environment, { recursive: true, force: true });
  try {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      requirements,
    ];
    execFileSync(path.join(environment, 'bin', 'python'), pip, { stdio: 'inherit' });
    writeFileSync(marker, wanted);
    console.log(`${environment} is ready`);
  } catch (error) {
    console.log(`no ${environment}: ${error instanceof Error ? error.message : error}`);
    console.log(
      'it needs Python 3.10 or later with pip; tests that compare with Python tools are skipped without',
    );
  }
}
