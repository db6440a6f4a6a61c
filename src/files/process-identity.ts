import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

import { required } from '../base/invariant.js';
import { errorCode } from './file-errors.js';

/** One process among all that ever ran: a process number alone is used again, after a reboot or a few hours. */
export interface ProcessIdentity {
  readonly host: string;
  /** Random, drawn by the kernel at each boot. */
  readonly bootId: string;
  /** Containers number their processes apart; empty where the kernel does not say. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** Clock ticks since boot, as in field 22 of `/proc/<pid>/stat`. */
  readonly startTime: string;
}

let own: ProcessIdentity | undefined;

export function thisProcess(): ProcessIdentity {
  own ??= {
    host: hostname(),
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: pidNamespace(),
    pid: process.pid,
    startTime: required(statusOf(process.pid), 'the own entry in /proc').startTime,
  };
  return own;
}

/**
 * Whether the process still runs. One that we cannot look at, on another machine or in another container,
 * counts as alive: taking its work away would be worse than waiting.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  const here = thisProcess();
  // The same machine after a reboot has another boot id; so has another machine.
  if (identity.bootId !== here.bootId) return identity.host !== here.host;
  if (identity.pidNamespace !== here.pidNamespace) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it is there and another user's.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const status = statusOf(identity.pid);
  // Other users' entries in /proc may be hidden; the signal has told that the number is in use.
  if (status === undefined) return true;
  return status.startTime === identity.startTime && !['Z', 'X'].includes(status.state);
}

export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return (
    a.bootId === b.bootId &&
    a.pidNamespace === b.pidNamespace &&
    a.pid === b.pid &&
    a.startTime === b.startTime
  );
}

export function isThisProcess(identity: ProcessIdentity): boolean {
  return isSameProcess(identity, thisProcess());
}

/** As a message names it: `process 1234`, with the machine where it is another one. */
export function describeProcess(identity: ProcessIdentity): string {
  const elsewhere = identity.host === thisProcess().host ? '' : ` on ${identity.host}`;
  return `process ${identity.pid}${elsewhere}`;
}

/**
 * A file name that says which process made it, never used twice. With the owner in the name, a file's
 * creation and its signature are one step, and no crash can come between them.
 */
export function ownedName(): string {
  const { host, bootId, pidNamespace, pid, startTime } = thisProcess();
  return [encodeURIComponent(host), bootId, pidNamespace, pid, startTime, randomUUID()].join(',');
}

/** Who made the file, or undefined for a name that `ownedName` did not give. */
export function ownerOf(name: string): ProcessIdentity | undefined {
  const [host, bootId, pidNamespace, pid, startTime, unique, ...rest] = name.split(',');
  if (host === undefined || bootId === undefined || pidNamespace === undefined) return undefined;
  if (startTime === undefined || unique === undefined || rest.length > 0) return undefined;
  if (!/^[1-9]\d*$/.test(pid ?? '')) return undefined;
  const hostName = decoded(host);
  return hostName === undefined
    ? undefined
    : { host: hostName, bootId, pidNamespace, pid: Number(pid), startTime };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}

function statusOf(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the command's name in parentheses, which may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTime = fields[19];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}
