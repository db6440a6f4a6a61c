import { errorCode } from './file-errors.js';

/** What the machine refuses, and what its user can do about it. */
export interface SystemProblem {
  readonly message: string;
  readonly help: string;
}

const forbidden = 'change the permissions there, or name another folder of outputs with --runs';
const full =
  'free some space, or name another folder of outputs with --runs, and run the same command again: finished stages are kept';
const inTheWay =
  'a file stands where a folder should be; remove it, or name another folder of outputs with --runs';
const removed =
  'something removed it while it was needed; run the same command again: finished stages are kept';
const tooManyOpen = 'allow more open files (ulimit -n), or run fewer stages at once (-j 1)';

const helpByCode = new Map([
  ['EACCES', forbidden],
  ['EPERM', forbidden],
  ['EROFS', forbidden],
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['ENOENT', removed],
  ['ENOTDIR', inTheWay],
  ['EEXIST', inTheWay],
  ['ENAMETOOLONG', 'name a folder of outputs with a shorter path, with --runs'],
  ['EMFILE', tooManyOpen],
  ['ENFILE', tooManyOpen],
  ['EIO', 'check the disk'],
]);

/** The user's side of an error of the operating system; undefined for what is more likely our own fault. */
export function systemProblem(error: unknown): SystemProblem | undefined {
  if (isWithoutFolder(error)) {
    return { message: 'the working directory has been removed', help: 'change to a folder that is there' };
  }
  const help = helpByCode.get(errorCode(error) ?? '');
  return help === undefined || !(error instanceof Error) ? undefined : { message: error.message, help };
}

/** A shell goes on standing in a folder that is no more; a process that it starts cannot tell where it is. */
function isWithoutFolder(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';
}
