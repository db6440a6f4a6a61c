import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import {
  describeProcess,
  isAlive,
  isThisProcess,
  ownedName,
  ownerOf,
  thisProcess,
  type ProcessIdentity,
} from '../../src/files/process-identity.js';
import { required } from '../../src/base/invariant.js';

/** Field 22 of the status line, counted the other way than the code does: from its end. */
function startTimeOf(pid: number): string {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').trim().split(' ');
  return required(fields.at(22 - 1 - 52), 'the start time');
}

test('this process is alive and recognises itself', () => {
  expect(thisProcess().pid).toBe(process.pid);
  expect(thisProcess().startTime).toBe(startTimeOf(process.pid));
  expect(isAlive(thisProcess())).toBe(true);
  expect(isThisProcess({ ...thisProcess() })).toBe(true);
});

test('a process is alive until it is killed', async () => {
  const child = spawn('sleep', ['60']);
  const pid = required(child.pid, 'the number of the child');
  const identity: ProcessIdentity = { ...thisProcess(), pid, startTime: startTimeOf(pid) };
  expect(isAlive(identity)).toBe(true);
  expect(isThisProcess(identity)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
});

test('a process that has ended and whose parent does not care is dead', async () => {
  // `exec` replaces the shell, the parent of `sleep 0.1`, by a program that waits for no children.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const identity: ProcessIdentity = { ...thisProcess(), pid, startTime: startTimeOf(pid) };
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(' Z ');
  expect(isAlive(identity)).toBe(false);
  parent.kill('SIGKILL');
});

test('a process number that is used again is another process', () => {
  expect(isAlive({ ...thisProcess(), startTime: '1' })).toBe(false);
});

test('a reboot ends every process of the machine, and says nothing of other machines', () => {
  const before = '00000000-0000-4000-8000-000000000000';
  expect(isAlive({ ...thisProcess(), bootId: before })).toBe(false);
  expect(isAlive({ ...thisProcess(), bootId: before, host: 'another' })).toBe(true);
  expect(isAlive({ ...thisProcess(), pidNamespace: '1', pid: 999_999_999 })).toBe(true);
});

test('a name tells its owner and is never given twice', () => {
  const name = ownedName();
  expect(ownerOf(name)).toEqual(thisProcess());
  expect(ownedName()).not.toBe(name);
  expect(name.length).toBeLessThan(255);
  expect(name).not.toContain('/');
});

test.each(['', 'notes.txt', 'a,b,c,-1,d,e', 'a,b,c,1,d', 'a,b,c,1,d,e,f'])('%j has no owner', (name) => {
  expect(ownerOf(name)).toBeUndefined();
});

test('a message names the machine only where it is another one', () => {
  expect(describeProcess(thisProcess())).toBe(`process ${process.pid}`);
  expect(describeProcess({ ...thisProcess(), host: 'node-7' })).toBe(`process ${process.pid} on node-7`);
});
