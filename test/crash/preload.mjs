// Loaded before the command line (`node --import`) by the tests of crashes and faults: numbers every call that changes
// something outside the process (opening for writing, write, rename, fsync, removal, a send to a socket or pipe), lists
// them, and at one number kills the process or makes the call fail. What to do is the JSON in WASSERMILL_TEST_FAULT
// (`Fault` in faults.ts); its prefix lets the variable through to workers, each of which is started with this module, too.
// The same module moves the clock of the process.
import { Buffer } from 'node:buffer';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const { list, at, how, who, clock } = JSON.parse(process.env.WASSERMILL_TEST_FAULT ?? '{}');
const isWorker = path.basename(process.argv[1] ?? '') === 'worker.js';
const isMeant = (isWorker ? 'worker' : 'main') === (who ?? 'main');

const { openSync, readdirSync, rmSync, writeSync } = fs;
const listFile = list === undefined ? undefined : openSync(`${list}.${isWorker ? 'worker' : 'main'}`, 'a+');
// Workers come one after the other: each goes on counting where the one before has ended.
let calls = listFile === undefined ? 0 : fs.readFileSync(listFile, 'utf8').split('\n').length - 1;
/** A disk stays full, until something is freed. */
let isFull = false;

const never = new Int32Array(new SharedArrayBuffer(4));

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal ends all threads, this one perhaps a moment later.
  Atomics.wait(never, 0, 0);
}

/** @param {string} code @param {string} call @param {unknown} file */
function refusal(code, call, file) {
  const texts = { EIO: 'i/o error', ENOSPC: 'no space left on device', EACCES: 'permission denied' };
  const of = typeof file === 'string' ? ` '${file}'` : '';
  const error = new Error(`${code}: ${texts[code]}, ${call}${of}`);
  return Object.assign(error, { code, errno: -constants.errno[code], syscall: call });
}

/**
 * Counts a call, and does what is to happen at it.
 * @param {string} call
 * @param {unknown} target
 * @param {{ takesSpace?: boolean, half?: () => unknown }} nature `half` does a part of the work, at once
 * @returns an error that the call is to fail with, or nothing.
 */
function count(call, target, { takesSpace = false, half } = {}) {
  const number = calls++;
  if (listFile !== undefined) {
    // A write to a pipe is a send.
    const name = call === 'write' && !takesSpace ? 'send' : call;
    const shown = typeof target === 'string' || typeof target === 'number' ? String(target) : '';
    writeSync(listFile, `${name}${half ? ' (in halves)' : ''} ${shown.replaceAll('\n', ' ')}\n`);
  }
  if (!isMeant) return undefined;
  if (isFull && takesSpace) return refusal('ENOSPC', call, target);
  if (number !== at) return undefined;
  switch (how) {
    case 'kill':
      return die();
    case 'half':
      half?.();
      return die();
    case 'ENOSPC':
      // What takes no space does not fail for want of it; the next that does will.
      isFull = true;
      return takesSpace ? refusal(how, call, target) : undefined;
    case 'EIO':
    case 'EACCES':
      return refusal(how, call, target);
    default:
      return undefined;
  }
}

/** @param {unknown} data */
function halfOf(data) {
  if (typeof data === 'string') data = Buffer.from(data);
  if (Array.isArray(data)) data = Buffer.from(data.join(''));
  if (!ArrayBuffer.isView(data)) return Buffer.alloc(0);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes.subarray(0, bytes.length >> 1);
}

/** Removes what comes first below a folder, as a removal that is cut short does. @param {unknown} folder */
function removeSome(folder) {
  if (typeof folder !== 'string' || !fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const [first] = readdirSync(folder);
  if (first !== undefined) rmSync(path.join(folder, first), { recursive: true, force: true });
}

/** @param {string} call @param {unknown[]} args */
function natureOf(call, args) {
  const [target, data] = args;
  switch (call) {
    case 'write':
      return { takesSpace: fs.fstatSync(target).isFile(), half: () => writeSync(target, halfOf(data)) };
    case 'writeFile':
      return {
        takesSpace: true,
        half: () => fs.writeFileSync(target, halfOf(data), { flag: args[2]?.flag ?? 'w' }),
      };
    case 'copyFile':
      return { takesSpace: true, half: () => fs.writeFileSync(data, halfOf(fs.readFileSync(target))) };
    case 'rm':
      return args[1]?.recursive ? { half: () => removeSome(target) } : {};
    case 'open':
    case 'mkdir':
    case 'link':
    case 'appendFile':
    case 'fsync':
    case 'fdatasync':
      return { takesSpace: true };
    default:
      return {};
  }
}

/** @param {unknown} flags */
function isForReading(flags) {
  return flags === undefined || flags === 'r' || flags === 0 || typeof flags === 'function';
}

const changing = [
  'open', 'write', 'writev', 'writeFile', 'appendFile', 'rename', 'link', 'symlink', 'mkdir', 'mkdtemp', 'rm', 'rmdir', 'unlink',
  'fsync', 'fdatasync', 'truncate', 'ftruncate', 'utimes', 'futimes', 'copyFile', 'cp', 'chmod',
]; // prettier-ignore
/** While an intended half is done, and within what Node makes of one call, calls are not counted. */
let isOwn = false;

for (const call of changing) {
  const sync = fs[`${call}Sync`];
  if (sync) {
    fs[`${call}Sync`] = (...args) => {
      if (isOwn || (call === 'open' && isForReading(args[1]))) return sync(...args);
      isOwn = true;
      try {
        const error = count(call, args[0], natureOf(call, args));
        if (error) throw error;
        return sync(...args);
      } finally {
        isOwn = false;
      }
    };
  }
  const withCallback = fs[call];
  if (withCallback) {
    fs[call] = (...args) => {
      if (call === 'open' && isForReading(args[1])) return withCallback(...args);
      const error = guarded(() => count(call, args[0], natureOf(call, args)));
      if (error) return process.nextTick(args.at(-1), error);
      return withCallback(...args);
    };
  }
  const promised = fs.promises[call];
  if (promised) {
    fs.promises[call] = async (...args) => {
      if (call === 'open' && isForReading(args[1])) return promised(...args);
      const error = guarded(() => count(call, args[0], natureOf(call, args)));
      if (error) throw error;
      return promised(...args);
    };
  }
}

function guarded(work) {
  isOwn = true;
  try {
    return work();
  } finally {
    isOwn = false;
  }
}

const handle = await fs.promises.open(self, 'r');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const ofHandles = { write: 'write', writev: 'writev', writeFile: 'write', appendFile: 'write', sync: 'fsync', datasync: 'fdatasync', truncate: 'ftruncate', utimes: 'futimes' }; // prettier-ignore
for (const [name, call] of Object.entries(ofHandles)) {
  const original = prototype[name];
  prototype[name] = async function (...args) {
    const error = guarded(() => count(call, this.fd, natureOf(call, [this.fd, ...args])));
    if (error) throw error;
    return original.apply(this, args);
  };
}

// What goes through pipes and sockets: to a worker, the watcher, a server, and whoever reads the output.
const send = net.Socket.prototype.write;
net.Socket.prototype.write = function (data, ...rest) {
  const error = guarded(() => count('send', this._handle?.fd, { half: () => send.call(this, halfOf(data)) }));
  if (error) {
    process.nextTick(() => this.destroy(error));
    return false;
  }
  return send.call(this, data, ...rest);
};

const { spawn } = childProcess;
childProcess.spawn = (program, args, options) => {
  const startsWorker = program === process.execPath && path.basename(args?.[0] ?? '') === 'worker.js';
  return spawn(program, startsWorker ? ['--import', self, ...args] : args, options);
};
syncBuiltinESMExports();

if (clock !== undefined) {
  // Set back or forth by `shift` milliseconds, from the call of the given number on.
  const { now } = Date;
  let asked = 0;
  const RealDate = Date;
  const shifted = () => now() + (asked++ >= clock.after ? clock.shift : 0);
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [shifted()] : args));
    }
    static now = shifted;
  };
}
