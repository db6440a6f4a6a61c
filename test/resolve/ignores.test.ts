import { describe, expect, it } from 'vitest';

import { basePipeline } from './base-pipeline.js';
import { diagnosticsOf, inMemory, sourceOf } from './support.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { resolvePipeline } from '../../src/resolve/resolve.js';

/** With Adam's momentum beside a clip range, and a dataset that nobody uses: two warnings. */
const warned = basePipeline
  .replace('optimizer: {type: rmsprop, lr: 1e-3}', 'optimizer: {type: adam, lr: 1e-3}')
  .replace('architectures:', '  spare: {type: swiss_roll, splits: {train: 100}}\narchitectures:');

/** What is told of a text: each code, with what is underlined, and the help. */
function told(text: string, others: Readonly<Record<string, string>> = {}) {
  return diagnosticsOf(text, {}, inMemory(others)).map(({ code, range, help }) => [
    code,
    range?.source.text.slice(range.start, range.end),
    help,
  ]);
}

function codes(text: string, others?: Readonly<Record<string, string>>) {
  return told(text, others).map(([code]) => code);
}

/** The warned file with a line above one of its lines. */
function above(line: string, comment: string): string {
  return warned.replace(new RegExp(`^( *)${line}`, 'm'), `$1${comment}\n$&`);
}

const ignore = '# wassermill-ignore';

describe('a comment', () => {
  it('is needed in the file that these tests change', () => {
    expect(codes(warned)).toEqual(['unused', 'momentum-with-clip']);
  });

  it.each(['optimizer:', 'train:', 'stages:'])('above `%s` silences what begins there', (line) => {
    expect(codes(above(line, `${ignore} momentum-with-clip`))).toEqual(['unused']);
  });

  it.each(['clip:', 'type: train', 'quality:', 'version:'])(
    'above `%s` does not silence what lies beside it',
    (line) => {
      expect(codes(above(line, `${ignore} momentum-with-clip`)).sort()).toEqual([
        'ignore-unused',
        'momentum-with-clip',
        'unused',
      ]);
    },
  );

  it('above an item of a list silences what the item holds', () => {
    const text = `${basePipeline}matrix:
  axes: {size: [1, 2]}
  exclude:
    ${ignore} unused
    - size: 1
    # wassermill-ignore   unused
    - size: 3
`.replace('batch_size: 128', 'batch_size: ${matrix.size}');
    expect(told(text)).toEqual([['ignore-unused', 'unused', expect.any(String)]]);
  });

  it('may have blank lines and other comments below it', () => {
    const text = above('optimizer:', `${ignore} momentum-with-clip\n\n  # Why not.\n   \n`);
    expect(codes(text)).toEqual(['unused']);
  });

  it('at the end of a line silences what starts there, and nothing below', () => {
    const onLine = (line: string, code: string) =>
      codes(warned.replace(new RegExp(`^ *${line}.*$`, 'm'), `$& ${ignore} ${code}`));
    expect(onLine('spare:', 'unused')).toEqual(['momentum-with-clip']);
    expect(onLine('optimizer:', 'momentum-with-clip')).toEqual(['unused']);
    expect(onLine('train:', 'momentum-with-clip')).toEqual(['unused', 'ignore-unused', 'momentum-with-clip']);
  });

  it('silences several codes, and files of Windows', () => {
    const text = `${ignore} unused , momentum-with-clip,\nx-all:\n`;
    expect(codes(`${text}${warned}`)).toEqual([
      'ignore-unused',
      'ignore-unused',
      'unused',
      'momentum-with-clip',
    ]);
    const both = above('optimizer:', `${ignore} momentum-with-clip`).replace(
      /spare.*$/m,
      `$& ${ignore} unused`,
    );
    expect(codes(both.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it('is no comment inside a value', () => {
    const text = warned.replace('name: base', `name: base\ndesc: |\n  ${ignore} unused\n  ${ignore} nothing`);
    expect(codes(text)).toEqual(['unused', 'momentum-with-clip']);
  });

  it('holds in a file that others extend, where nobody minds that it is not needed', () => {
    const base = above('optimizer:', `${ignore} momentum-with-clip`);
    const files = { '/project/pipelines/base.yaml': base };
    expect(codes('extends: base.yaml', files)).toEqual(['unused']);
    const calm = 'extends: base.yaml\nstages: {train: {optimizer: {type: sgd, lr: 1}}}';
    expect(codes(calm, files)).toEqual(['unused']);
    expect(codes(`extends: [base.yaml, base.yaml]`, files)).toEqual(['unused']);
  });

  it('holds for the place that the warning shows', () => {
    const files = { '/project/pipelines/base.yaml': warned };
    const text = `extends: base.yaml\n${ignore} momentum-with-clip\nstages:\n  train: {batch_size: 16}`;
    expect(codes(text, files)).toEqual(['unused', 'momentum-with-clip', 'ignore-unused']);
  });

  it('above an alias silences the line, and not the anchored value elsewhere', () => {
    const text = warned
      .replace('name: base', 'name: base\nx-adam: &adam\n  type: adam\n  lr: 1\n  beta1: 0.5\n')
      .replace('{type: adam, lr: 1e-3}', '*adam');
    const silenced = text.replace('    optimizer:', `    ${ignore} momentum-with-clip\n$&`);
    expect(codes(silenced)).toEqual(['momentum-with-clip', 'unused', 'ignore-unused']);
  });
});

describe('a comment that does not do what it says', () => {
  it.each([
    ['momentum_with_clip', 'ignore-unknown', 'did you mean `momentum-with-clip`?'],
    ['lipschitz-needed', 'ignore-unknown', 'remove it here, and mend what it tells of'],
    ['everything', 'ignore-unknown', expect.stringMatching(/^warnings are `name-case`, `unused`,/) as string],
    ['name-case', 'ignore-unused', 'remove it, or put it above what the warning points at'],
    ['ignore-unused', 'ignore-unused', 'remove it, or put it above what the warning points at'],
  ])('%s', (word, code, help) => {
    expect(told(`${ignore} ${word}\n${basePipeline}`)).toEqual([[code, word, help]]);
  });

  it('without a code', () => {
    const help = 'name their codes, as in `# wassermill-ignore momentum-with-clip`';
    expect(told(`${ignore}\n${basePipeline}`)).toEqual([['ignore-unknown', ignore, help]]);
    expect(told(`${ignore}d: nothing\n${ignore}-file\n${basePipeline}`)).toEqual([]);
  });

  it('is told with errors where its code is unknown, and not where it silences nothing', () => {
    const text = above('clip:', `${ignore} clip-range, unused`).replace('clip: 0.1', 'clip: -1');
    expect(codes(text)).toEqual(['ignore-unknown', 'clip-range', 'momentum-with-clip']);
  });

  it('is not blamed for what overrides take away', () => {
    const document = parseDocument(sourceOf(`${ignore} unused\n${basePipeline}`));
    const resolve = (overrides: readonly string[]) => {
      const inputs = { environment: {}, readSource: inMemory({}) };
      const arguments_ = overrides.map((text) => sourceOf(text, '/<argument>'));
      return document.ok && resolvePipeline(document.value, { ...inputs, overrides: arguments_ });
    };
    expect(resolve([])).toMatchObject({ value: { warnings: [{ code: 'ignore-unused' }] } });
    expect(resolve(['name=other'])).toMatchObject({ value: { warnings: [] } });
  });
});
