import { describe, expect, it } from 'vitest';

import { parseDocument } from '../../src/source/parse-document.js';
import { plainValue, recordedValue } from '../../src/source/plain-value.js';
import { substitute } from '../../src/resolve/substitute.js';
import type { Environment } from '../../src/resolve/environment.js';
import { sourceOf } from './support.js';

function run(text: string, environment: Environment = {}) {
  const parsed = parseDocument(sourceOf(text));
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  const { root, problems, used } = substitute({ root: parsed.value.root, scope: [] }, environment);
  return {
    value: plainValue(root),
    recorded: recordedValue(root),
    used: [...used].sort(),
    problems: problems.map(({ code, range }) => [
      code,
      range ? range.source.text.slice(range.start, range.end) : undefined,
    ]),
    notes: problems.flatMap(({ notes }) =>
      notes.map(({ range }) => range?.source.text.slice(range.start, range.end)),
    ),
  };
}

describe('${...}', () => {
  it('keeps the type of the value where it is the whole text', () => {
    const text = 'vars: {n: 5, t: "5", b: true, l: [1, 2], m: {x: 1}}\n';
    expect(
      run(`${text}a: \${vars.n}\nb: '\${ vars.t }'\nc: \${vars.b}\nd: \${vars.l}\ne: \${vars.m}`).value,
    ).toEqual({ a: 5, b: '5', c: true, d: [1, 2], e: { x: 1 } });
  });

  it('becomes text inside a text', () => {
    expect(run('vars: {n: 1e-3, b: false}\na: lr-${vars.n}-${vars.b}.txt').value).toEqual({
      a: 'lr-0.001-false.txt',
    });
  });

  it('reaches into maps and lists, through other expressions too', () => {
    const text = 'vars: {all: [{lr: 1}, {lr: 2}], one: "${vars.all[1]}"}\n';
    expect(run(`${text}a: \${vars.all[0].lr}\nb: \${vars.one.lr}`).value).toEqual({ a: 1, b: 2 });
  });

  it('knows the seed, and leaves vars and x- keys behind', () => {
    expect(run('seed: 7\nvars: {a: 1}\nx-old: ${vars.nobody}\ns: run-${seed}').value).toEqual({
      seed: 7,
      s: 'run-7',
    });
  });

  it('is literal after a backslash', () => {
    expect(run("a: \\${vars.x}\nb: 'costs \\${5} and $5'").value).toEqual({
      a: '${vars.x}',
      b: 'costs ${5} and $5',
    });
  });

  it('takes environment variables, their default, and shows neither', () => {
    const text = 'a: ${env:DATA}/x\nb: ${env:NONE,../d, e}\nc: "${env:EMPTY,here}"';
    const { value, recorded } = run(text, { DATA: '/home/me', EMPTY: '' });
    expect(value).toEqual({ a: '/home/me/x', b: '../d, e', c: 'here' });
    expect(recorded).toEqual({ a: '${env:DATA}/x', b: '${env:NONE,../d, e}', c: '${env:EMPTY,here}' });
  });

  it('shows what came from the environment through variables as its reference', () => {
    const { recorded } = run('vars: {d: "${env:D}"}\na: ${vars.d}/x\nb: ${vars.d}', { D: '/home/me' });
    expect(recorded).toEqual({ a: '${env:D}/x', b: '${env:D}' });
  });

  it('says which variables are used', () => {
    expect(run('vars: {a: 1, b: "${vars.c}", c: 2, d: 3}\nx: ${vars.a}').used).toEqual(['vars.a', 'vars.c']);
  });

  it('points to the expression inside its text', () => {
    const text = "vars: {a: 1}\nx: 'one ${vars.a} and ${vars.b} and ${vars.c}'";
    expect(run(text).problems).toEqual([
      ['unknown-variable', '${vars.b}'],
      ['unknown-variable', '${vars.c}'],
    ]);
  });

  it('shows a cycle edge by edge, once', () => {
    const { problems, notes } = run('vars: {a: "${vars.b}", b: "${vars.c}", c: "x${vars.a}"}\nx: ${vars.c}');
    expect(problems).toEqual([['variable-cycle', '${vars.b}']]);
    expect(notes).toEqual(['${vars.c}', '${vars.a}']);
    expect(run('vars: {a: {x: 1, y: "${vars.a}"}}').problems).toEqual([['variable-cycle', '${vars.a}']]);
    expect(run('seed: ${seed}').problems).toEqual([['variable-cycle', '${seed}']]);
  });

  it('is no cycle where a map refers to another part of itself', () => {
    expect(run('vars: {a: {x: 1, y: "${vars.a.x}"}}\nv: ${vars.a.y}').value).toEqual({ v: 1 });
  });

  it.each([
    ['a: ${vars.x', 'expression-syntax'],
    ['a: ${}', 'expression-syntax'],
    ['a: ${1 + 1}', 'expression-syntax'],
    ['a: ${env:}', 'expression-syntax'],
    ['a: ${env:A B}', 'expression-syntax'],
    ['a: ${vars.${vars.b}}', 'expression-syntax'],
    ['a: ${stages.train}', 'unknown-variable'],
    ['a: ${vars.x}', 'unknown-variable'],
    ['a: ${seed}', 'unknown-variable'],
    ['vars: {l: [1]}\na: ${vars.l[1]}', 'unknown-variable'],
    ['vars: {l: 1}\na: ${vars.l[0]}', 'unknown-variable'],
    ['vars: {l: 1}\na: ${vars.toString}', 'unknown-variable'],
    ['vars: {l: [1]}\na: x${vars.l}', 'variable-in-text'],
    ['vars: {l: ~}\na: x${vars.l}', 'variable-in-text'],
    ['a: ${env:UNSET}', 'environment-unset'],
    ['a: ${env:toString}', 'environment-unset'],
    ['a: ${env:MLFLOW_TRACKING_TOKEN,x}', 'environment-secret'],
    ['a: ${env:AWS_ACCESS_KEY,x}', 'environment-secret'],
    ['a: ${env:DB_PASSWORD,x}', 'environment-secret'],
    ['a: ${env:APIKEY,x}', 'environment-secret'],
  ])('%j is an error', (text, code) => {
    expect(run(text).problems.map(([found]) => found)).toEqual([code]);
  });

  it('does not take every name with KEY in it for a secret', () => {
    expect(run('a: ${env:MONKEY_DIR,x}\nb: ${env:KEYBOARD,y}').value).toEqual({ a: 'x', b: 'y' });
  });

  it('does not fill the memory', () => {
    const tens = (name: string, of: string) =>
      `  ${name}: [${Array.from({ length: 10 }, () => `"${of}"`).join(', ')}]`;
    const lists = Array.from({ length: 12 }, (_, n) => tens(`l${n + 1}`, `\${vars.l${n}}`));
    expect(run(`vars:\n${tens('l0', 'x')}\n${lists.join('\n')}`).problems.map(([code]) => code)).toEqual([
      'too-large',
    ]);
    const texts = Array.from({ length: 12 }, (_, n) => `  t${n + 1}: ${`\${vars.t${n}}`.repeat(10)}`);
    expect(run(`vars:\n  t0: x\n${texts.join('\n')}`).problems.map(([code]) => code)).toEqual(['too-large']);
  });
});
