import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { temporaryFolder } from '../files/support.js';
import { basePipeline } from '../resolve/base-pipeline.js';
import { start, userEnvironment, wassermill } from './support.js';

/** Generous on a loaded machine: what is out of bounds takes minutes, or all memory. */
const mostSeconds = 10;
const mostKilobytes = 500_000;

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
  readonly kilobytes: number;
}

const measured: { name: string; seconds: number; kilobytes: number }[] = [];

/** `wassermill validate` by its command line, with the memory that it took at most. */
async function validate(name: string, folder: string, ...args: readonly string[]): Promise<Outcome> {
  const tell = "process.on('exit',()=>console.error('maxRSS='+process.resourceUsage().maxRSS))";
  const env = userEnvironment({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` });
  const started = start([...wassermill, 'validate', ...args], { cwd: folder, env });
  const limit = setTimeout(() => started.signal('SIGKILL'), mostSeconds * 1000);
  const { code, output, seconds } = await started.ended;
  clearTimeout(limit);
  const kilobytes = Number(/maxRSS=(\d+)\n/.exec(output)?.[1] ?? Number.NaN);
  measured.push({ name, seconds, kilobytes });
  return { code, output: output.replace(/maxRSS=\d+\n/, ''), seconds, kilobytes };
}

/** Refused as a mistake of the user's, within bounds. `problem` is in the message, which names `place`. */
function expectRefused({ code, output, kilobytes }: Outcome, place: RegExp, problem: RegExp): void {
  expect(output).not.toMatch(/Internal error|^ {4}at |node:internal|undefined/m);
  expect(output).toMatch(problem);
  expect(output).toMatch(place);
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(code).toBe(2);
  expect(kilobytes).toBeLessThan(mostKilobytes);
}

const repeated = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

/** Each line stands for nine of the one above: 9 to the 20th values. */
const bomb = (line: (index: number, nine: string) => string): string =>
  repeated(20, (index) => line(index + 1, Array.from({ length: 9 }, () => `*a${index}`).join()));

const conflict = basePipeline.replace(
  '    clip: 0.1\n',
  '<<<<<<< HEAD\n    clip: 0.1\n=======\n    clip: 0.2\n>>>>>>> other\n',
);
const latin1 = Buffer.from(basePipeline.replace('name: base', 'name: base\ndesc: caf\u00e9'), 'latin1');
const inTrain = (lines: string): string => basePipeline.replace('    clip: 0.1', lines);
const stages = (count: number, line: (index: number) => string): string =>
  `${basePipeline}${repeated(count, (index) => `  s${index}: ${line(index)}\n`)}`;

/** What is wrong with a file, its text, and what is said of it. */
const texts: readonly (readonly [name: string, text: string | Uint8Array, problem: RegExp])[] = [
  ['more than 1 MiB', 'a: b\n'.repeat(300_000), /is larger than 1 MiB/],
  ['no UTF-8: Latin-1', latin1, /is not UTF-8 text/],
  ['no UTF-8: UTF-16', Buffer.from(`\uFEFF${basePipeline}`, 'utf16le'), /is not UTF-8 text/],
  ['NUL bytes', inTrain('    cl\0ip: 0.1'), /is not text/],
  ['nothing', '', /\[yaml-documents\]/],

  ['an alias bomb', `a0: &a0 [1]\n${bomb((at, nine) => `a${at}: &a${at} [${nine}]\n`)}`, /\[too-large\]/],
  [
    'a bomb of merges',
    `a0: &a0 {k: 1}\n${bomb((at, nine) => `a${at}: &a${at} {<<: [${nine}], k${at}: 1}\n`)}`,
    /\[unknown-key\]/,
  ],
  [
    'a bomb of variables',
    `${basePipeline}vars:\n  v0: [1, 1, 1]\n${repeated(20, (at) => `  v${at + 1}: [${Array.from({ length: 9 }, () => `'\${vars.v${at}}'`).join()}]\n`)}`,
    /\[too-large\]/,
  ],
  [
    'a bomb of texts',
    `${basePipeline}vars:\n  v0: xxxxxxxx\n${repeated(20, (at) => `  v${at + 1}: ${`\${vars.v${at}}`.repeat(9)}\n`)}`,
    /\[too-large\]/,
  ],
  ['half a million values', `${basePipeline}x-l: [${'1,'.repeat(490_000)}1]\n`, /\[too-large\]/],
  ['a hundred thousand aliases', `x-a: &a 1\nx-b: [${'*a,'.repeat(300_000)}*a]\n`, /\[too-large\]/],
  ['thirty thousand unknown keys', basePipeline + repeated(30_000, (at) => `k${at}: 1\n`), /\[unknown-key\]/],
  [
    'thirty thousand wrong values',
    basePipeline.replace('[64, 64]', `[${'a,'.repeat(30_000)}a]`),
    /\[wrong-type\]/,
  ],
  ['one key thirty thousand times', 'a: 1\n'.repeat(30_000), /\[duplicate-key\]/],
  [
    'thousands of unknown references',
    stages(5000, () => '{type: sample, model: trian, count: 5}'),
    /\[unknown-reference\]/,
  ],

  ['65 levels', `x-a: ${'['.repeat(65)}${']'.repeat(65)}\n`, /\[too-deep\]/],
  ['100,000 levels', `x-a: ${'['.repeat(40_000)}\n`, /\[too-deep\]/],
  ['half a million levels', `x-a: ${'['.repeat(500_000)}`, /\[too-large\]/],
  ['levels of blocks', repeated(1000, (at) => `${' '.repeat(at)}a:\n`), /\[too-deep\]/],
  ['levels of lists', '- '.repeat(30_000), /\[too-deep\]|\[not-a-pipeline\]/],
  [
    'a long chain of variables',
    `${basePipeline}vars:\n${repeated(9000, (at) => `  v${at}: '\${vars.v${at + 1}}'\n`)}  v9000: 1\n`,
    /\[too-deep\]/,
  ],
  [
    'deep values in a chain of variables',
    `${basePipeline}vars:\n${repeated(60, (at) => `  v${at}: ${'['.repeat(60)}'\${vars.v${at + 1}}'${']'.repeat(60)}\n`)}  v60: 1\n`,
    /\[too-deep\]/,
  ],
  [
    'a long chain of blocks',
    `${stages(9000, (at) => `{extends: stages.s${at + 1}}`)}  s9000: {type: sample, model: train, count: 5}\n`,
    /\[too-deep\]/,
  ],
  [
    'blocks that double',
    `${stages(40, (at) => `{extends: [stages.s${at + 1}, stages.s${at + 1}], coun: 1}`)}  s40: {type: sample, model: train, count: 5}\n`,
    /\[unknown-key\]/,
  ],
  [
    'a circle of thousands of stages',
    stages(4000, (at) => `{type: sample, model: train, count: 5, needs: [s${(at + 1) % 4000}]}`),
    /\[stage-cycle\]/,
  ],

  ['a tab', basePipeline.replace('    dataset', '\tdataset'), /\[yaml-indentation\]/],
  ['merge conflict markers', conflict, /unresolved merge conflict/],
  ['merge conflict markers of Windows', conflict.replaceAll('\n', '\r\n'), /unresolved merge conflict/],
  ['an anchor in itself', `${basePipeline}x-a: &a [*a]\n`, /\[yaml-alias\]/],
  ['an anchor that merges itself', `${basePipeline}x-a: &a {<<: *a}\n`, /\[yaml-alias\]/],
  [
    'keys of prototypes',
    inTrain('    __proto__: 1\n    constructor: 2\n    toString: 3\n    clip: 0.1'),
    /`__proto__`[^]*`constructor`[^]*`toString`/,
  ],
  [
    'keys of prototypes at the top',
    `${basePipeline}__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n`,
    /`__proto__`[^]*`constructor`/,
  ],
  [
    'names of prototypes',
    basePipeline
      .replace('objective: wasserstein', 'objective: __proto__')
      .replace('type: rmsprop', 'type: constructor')
      .replace('generator: generator\n', 'generator: toString\n'),
    /`__proto__`[^]*`constructor`/,
  ],
  [
    'variables of prototypes',
    inTrain('    clip: ${vars.constructor}\n    desc: ${vars.a.length} ${vars.__proto__}') +
      'vars: {a: [1]}\n',
    /\[unknown-variable\]/,
  ],
  [
    'numbers without end',
    basePipeline.replace('lr: 1e-3', 'lr: 1e999').replace('clip: 0.1', 'clip: .nan').replace('1200', '-.inf'),
    /`lr`[^]*`generator_steps`/,
  ],
  [
    'numbers beyond use',
    basePipeline
      .replace('batch_size: 128', 'batch_size: 99999999999999999999')
      .replace('modes: 8', 'modes: 9007199254740993')
      .replace('z_dim: 2', 'z_dim: 1e300'),
    /`modes`[^]*`z_dim`[^]*`batch_size`/,
  ],
  [
    'control characters in a key',
    inTrain('    "\\e[31mcl\\x07ip\\r\\u202e\\0": 1'),
    /\\u\{1b\}\[31mcl\\u\{7\}ip\\u\{d\}\\u\{202e\}\\u\{0\}/,
  ],
  ['raw control characters in a key', inTrain('    \u001b[31mclip\u0007: 1'), /\\u\{1b\}\[31mclip\\u\{7\}/],
  [
    'control characters in a value',
    basePipeline.replace('wasserstein', '"\\e]0;title\\x07"'),
    /\\u\{1b\}\]0;title\\u\{7\}/,
  ],
  [
    'a line of a million characters',
    `${inTrain('    clp: 0.1')}x-a: ${'y'.repeat(900_000)}\n`,
    /\[unknown-key\]/,
  ],
  [
    'a key of a million characters',
    `${basePipeline}${'y'.repeat(900_000)}: 1\n`,
    /\[unknown-key\]|\[yaml-syntax\]/,
  ],
];

afterAll(() => {
  const slowest = measured.toSorted((a, b) => b.seconds - a.seconds)[0];
  const largest = measured.toSorted((a, b) => b.kilobytes - a.kilobytes)[0];
  console.log(
    `${measured.length} bad inputs; slowest: ${slowest?.name ?? ''}, ${slowest?.seconds.toFixed(2) ?? ''} s; ` +
      `largest: ${largest?.name ?? ''}, ${((largest?.kilobytes ?? 0) / 1000).toFixed(0)} MB`,
  );
});

describe('a pipeline file with', () => {
  it.each(texts)('%s is refused', async (name, text, problem) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'bad.yaml'), text);
    const outcome = await validate(name, folder, 'bad.yaml');
    expectRefused(outcome, /^bad\.yaml:\d+:\d+: error: |^error: bad\.yaml /m, problem);
  });
});

describe('an extended file with', () => {
  it.each(texts.filter(([name]) => name !== 'nothing'))('%s is refused', async (name, text, problem) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'bad.yaml'), text);
    await writeFile(join(folder, 'main.yaml'), 'extends: ./bad.yaml\n');
    const outcome = await validate(`${name}, extended`, folder, 'main.yaml');
    expectRefused(outcome, /^bad\.yaml:\d+:\d+: error: |^main\.yaml:1:10: error: /m, problem);
  });

  it.each([
    ['twice as many readers at each step', 40, (at: number) => `[f${at + 1}.yaml, f${at + 1}.yaml]`],
    ['a chain of thousands', 2000, (at: number) => `f${at + 1}.yaml`],
  ])('%s is refused', async (name, count, next) => {
    const folder = await temporaryFolder();
    for (let at = 0; at < count; at += 1) {
      await writeFile(join(folder, `f${at}.yaml`), `extends: ${next(at)}\n`);
    }
    await writeFile(join(folder, `f${count}.yaml`), basePipeline.replace('clip:', 'clp:'));
    const outcome = await validate(name, folder, 'f0.yaml');
    expectRefused(outcome, /^f\d+\.yaml:\d+:\d+: error: /m, /\[unknown-key\]|\[too-deep\]/);
  });
});

describe('in place of a file', () => {
  it.each([
    ['a device without end', '/dev/zero', /larger than 1 MiB/],
    ['a device without anything', '/dev/null', /is empty/],
    ['an empty folder', 'folder.yaml', /no \.yaml or \.yml file/],
    ['nothing', 'none.yaml', /there is no file/],
    ['a link to itself', 'loop.yaml', /cannot be read/],
  ])('%s is refused', async (name, file, problem) => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'folder.yaml'));
    await start(['ln', '-s', 'loop.yaml', 'loop.yaml'], { cwd: folder }).ended;
    expectRefused(await validate(name, folder, file), /error: /, problem);
    // A link or a device outside is not even looked at.
    await writeFile(join(folder, 'main.yaml'), `extends: ${file}\n`);
    const extended = await validate(`${name}, extended`, folder, 'main.yaml');
    expectRefused(extended, /^main\.yaml:1:10: error: /m, /\[extends-/);
  });
});

describe('an argument of -S with', () => {
  it.each([
    ['65 levels', `stages.train.clip=${'['.repeat(65)}${']'.repeat(65)}`, /\[too-deep\]/],
    ['40,000 levels', `stages.train.clip=${'['.repeat(40_000)}`, /\[too-deep\]/],
    [
      'an alias bomb',
      `stages.train.clip={a0: &a0 [1], ${bomb((at, nine) => `a${at}: &a${at} [${nine}],`)} z: 1}`,
      /\[too-large\]/,
    ],
    ['an anchor in itself', 'stages.train.clip=&a [*a]', /\[yaml-alias\]/],
    ['a tab', 'stages.train.optimizer=\n\ttype: sgd', /\[yaml-indentation\]|\[yaml-syntax\]/],
    ['a path of prototypes', '++__proto__.polluted=1', /\[unknown-key\]/],
    [
      'keys of prototypes',
      'stages.train.optimizer={__proto__: 1, constructor: 2}',
      /`__proto__`[^]*`constructor`/,
    ],
    ['a path to prototypes', 'stages.train.constructor=1', /\[unknown-path\]/],
    ['control characters', '++stages.train="\u001b[31m\u0007": 1', /\\u\{1b\}\[31m\\u\{7\}/],
    ['control characters in its path', '\u001b[31mstages=1', /\\u\{1b\}/],
    ['numbers without end', 'stages.train.batch_size=1e999', /\[wrong-type\]|\[out-of-range\]/],
    ['a range without end', 'stages.train.clip=range(1,1e15)', /\[variant-count\]/],
    ['tens of thousands of values', `stages.train.clip=${'a,'.repeat(30_000)}b`, /\[duplicate-cell\]/],
    ['a thousand steps', `stages${'.a'.repeat(30_000)}=1`, /\[override-syntax\]/],
    ['a thousand new maps', `++stages${'.a'.repeat(30_000)}=1`, /\[override-syntax\]/],
  ])('%s is refused', async (name, argument, problem) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'good.yaml'), basePipeline);
    const outcome = await validate(`${name}, -S`, folder, 'good.yaml', '-S', argument);
    expectRefused(outcome, /^<argument -S [^]*>:\d+:\d+: error: /m, problem);
  });
});

it.each([
  ['a byte order mark', `\uFEFF${basePipeline}`],
  ['line breaks of Windows', basePipeline.replaceAll('\n', '\r\n')],
  ['both', `\uFEFF${basePipeline.replaceAll('\n', '\r\n')}`],
])('%s is no mistake', async (name, text) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'good.yaml'), text);
  await writeFile(join(folder, 'main.yaml'), 'extends: good.yaml\n');
  for (const file of ['good.yaml', 'main.yaml']) {
    expect(await validate(name, folder, file)).toMatchObject({
      code: 0,
      output: `${file}: valid, 2 stages\n`,
    });
  }
});
