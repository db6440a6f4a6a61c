// What the cache costs: looking a cached stage up in a store of 10,000 artifacts, and storing and verifying one of
// 2 GB, beside cp and sha256sum. docs/performance.md says how to read it.
//
//     node scripts/build.mjs && node bench/store.mjs [--artifacts 10000] [--gigabytes 2] [--rounds 3] [--folder /tmp]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';

import { digestBytes, digestJson } from '../dist/base/digest.js';
import { judge } from '../dist/cache/collect.js';
import { inspect } from '../dist/cache/inspect.js';
import { takeInventory } from '../dist/cache/inventory.js';
import { markerFile, markerOf } from '../dist/cache/marker.js';
import { openStore, peekStore } from '../dist/cache/store.js';

const { values: options } = parseArgs({
  options: {
    artifacts: { type: 'string', default: '10000' },
    gigabytes: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    folder: { type: 'string', default: os.tmpdir() },
  },
});
const artifacts = Number(options.artifacts);
const bytes = Number(options.gigabytes) * 1e9;
const rounds = Number(options.rounds);
const folder = mkdtempSync(path.join(options.folder, 'wassermill-store-'));
const store = path.join(folder, 'store');

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const range = (values, digits) =>
  `${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)}`;

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** As many files as a training leaves with six snapshots, of one byte each. */
const names = [
  'events.jsonl',
  'networks.json',
  ...[0, 250, 500, 750, 1000, 1250, 1500].flatMap((step) => [`samples-${step}.png`, `weights-${step}.npz`]),
];

function fill() {
  return Array.from({ length: artifacts }, (_, index) => {
    const key = digestBytes(String(index));
    const directory = path.join(store, key.slice(0, 2), key);
    mkdirSync(directory, { recursive: true });
    const described = names.map((name) => {
      writeFileSync(path.join(directory, name), '\n');
      const { size, mtimeMs } = statSync(path.join(directory, name));
      return { path: name, bytes: size, digest: digestBytes('\n'), mtimeMs };
    });
    const marker = markerOf(key, 1.5, described);
    writeFileSync(path.join(directory, markerFile), JSON.stringify({ ...marker, self: digestJson(marker) }));
    return key;
  });
}

async function measureLookups() {
  const keys = fill();
  const everything = { isNeeded: () => false, isNeededNow: async () => false, madeBefore: Infinity };
  const works = {
    'open the store': () => openStore(store),
    'look up, cached': async () => {
      const peeked = peekStore(store);
      for (const key of keys) {
        if ((await peeked.lookup(key)).state !== 'hit') throw new Error(`${key} is no hit`);
      }
    },
    'look up, not there': async () => {
      const peeked = peekStore(store);
      for (const key of keys) await peeked.lookup(digestBytes(key));
    },
    'list (`cache ls`), without looking up': () => takeInventory(store),
    'verify (`cache verify`)': async () => {
      for (const key of keys) if ((await inspect(store, key)).length > 0) throw new Error(key);
    },
    'judge (`cache gc -n`)': async () => {
      for (const key of keys) await judge(store, key, everything);
    },
  };
  console.log(
    `| ${artifacts.toLocaleString('en')} artifacts of ${names.length} files | ms an artifact | range |`,
  );
  console.log('|---|---|---|');
  for (const [name, work] of Object.entries(works)) {
    const costs = [];
    for (let round = 0; round < rounds; round += 1) costs.push(((await timed(work)) / artifacts) * 1000);
    console.log(`| ${name} | ${median(costs).toFixed(4)} | ${range(costs, 4)} |`);
  }
}

/** The most memory that the process has held above what it held before, in bytes, looked at ten times a second. */
async function watchingMemory(work) {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = globalThis.setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100);
  const seconds = await timed(work);
  globalThis.clearInterval(timer);
  return { seconds, memory: most - before };
}

async function writeRandom(file) {
  const piece = randomFillSync(Buffer.alloc(2 ** 24));
  const handle = await open(file, 'w');
  for (let written = 0; written < bytes; written += piece.length) {
    // Other content in each piece, so that nothing below can share or compress them.
    piece.writeDoubleLE(written, 0);
    await handle.write(piece, 0, Math.min(piece.length, bytes - written));
  }
  await handle.sync();
  await handle.close();
}

async function measureLarge() {
  const source = path.join(folder, 'source');
  const copy = path.join(folder, 'copy');
  await writeRandom(source);
  const opened = await openStore(store);
  const key = digestBytes('large');
  const seconds = { theirStore: [], ourStore: [], theirCheck: [], ourCheck: [] };
  let memory = 0;
  for (let round = 0; round < rounds; round += 1) {
    seconds.theirStore.push(
      await timed(() => {
        execFileSync('cp', [source, copy]);
        execFileSync('sha256sum', [copy]);
        execFileSync('sync', [copy]);
      }),
    );
    seconds.theirCheck.push(await timed(() => execFileSync('sha256sum', [copy])));
    rmSync(copy);
    const draft = await opened.begin(key);
    const stored = await watchingMemory(async () => {
      execFileSync('cp', [source, path.join(draft.directory, 'file')]);
      await draft.commit(1);
    });
    const checked = await watchingMemory(async () => {
      if ((await inspect(store, key)).length > 0) throw new Error('damaged');
    });
    seconds.ourStore.push(stored.seconds);
    seconds.ourCheck.push(checked.seconds);
    memory = Math.max(memory, stored.memory, checked.memory);
    await opened.remove(key);
  }
  console.log(`\n| ${bytes / 1e9} GB in one file | ours, s | coreutils, s | coreutils / ours | by turns |`);
  console.log('|---|---|---|---|---|');
  const row = (name, ours, theirs) => {
    const ratios = ours.map((value, index) => theirs[index] / value);
    const cells = [median(ours), median(theirs), median(ratios)].map((value) => value.toFixed(2));
    console.log(`| ${name} | ${cells.join(' | ')} | ${range(ratios, 2)} |`);
  };
  row('copy and store, beside `cp`, `sha256sum`, `sync`', seconds.ourStore, seconds.theirStore);
  row('verify, beside `sha256sum`', seconds.ourCheck, seconds.theirCheck);
  console.log(`\nmemory above that before, at most: ${(memory / 1e6).toFixed(0)} MB`);
}

const load = () =>
  os
    .loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');

try {
  console.log(`${os.cpus().length} x ${os.cpus()[0].model}, Node ${process.version}`);
  console.log(`load averages at the start: ${load()}\n`);
  await measureLookups();
  await measureLarge();
  console.log(`medians of ${rounds} turns; load averages at the end: ${load()}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
