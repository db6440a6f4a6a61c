// Makes .venv, the Python environment of the tests' referees (scripts/requirements.txt), if it is missing or out of date.
// Tests that need it are skipped, with the reason, where it is not there: a missing Python is no failure.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { URL, fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const environment = path.join(root, '.venv');
const requirements = path.join(root, 'scripts', 'requirements.txt');
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
    console.log(`no Python environment for the referees: ${error instanceof Error ? error.message : error}`);
    console.log(
      'tests that compare with Python tools will be skipped; they need Python 3.10 or later with pip',
    );
  }
}
