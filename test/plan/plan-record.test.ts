import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { digestBytes } from '../../src/base/digest.js';
import { parsePastPlan, pipelineIn } from '../../src/plan/past-plan.js';
import { planRecord, planRecordText } from '../../src/plan/plan-record.js';
import { code, plannedOf, specification } from './support.js';

const planned = await plannedOf(specification());
const text = planRecordText(planRecord(planned, code));

describe('the record of a plan', () => {
  it('has what every key is made of', () => {
    const past = parsePastPlan(text);
    expect(past?.pipeline).toBe('digits');
    expect(past?.code).toEqual(code);
    expect(past?.stages.map(({ id, key }) => [id, key])).toEqual(
      planned.plan.stages.map(({ id, key }) => [id, key]),
    );
    for (const stage of past?.stages ?? []) {
      const fingerprint = planned.fingerprints.get(stage.id);
      expect(stage.fields).toEqual(fingerprint?.fields);
      expect(stage.sources.map(({ digest }) => digest)).toEqual(fingerprint?.sources);
      expect(past?.kinds[stage.kind]).toEqual({
        implementation: fingerprint?.implementation,
        backend: fingerprint?.backend,
      });
    }
  });

  it('names the fields that name files, and counts no path', () => {
    const dataset = parsePastPlan(text)?.stages[0];
    expect(dataset?.sources).toEqual([
      { field: ['images'], digest: digestBytes('content of /data/images.gz') },
      { field: ['labels'], digest: digestBytes('content of /data/labels.gz') },
    ]);
    expect(Object.keys(dataset?.fields ?? {})).toEqual(['type', 'resize', 'seed', 'splits']);
  });

  it('is a line a stage, and begins with the name of the pipeline', () => {
    expect(text.split('\n')).toHaveLength(planned.plan.stages.length + 5);
    expect(pipelineIn(text.slice(0, 40))).toBe('digits');
    expect(pipelineIn('{\n  "pipeline": "a \\"quoted\\" name",')).toBe('a "quoted" name');
  });
});

describe('what is not such a record', () => {
  const old = JSON.stringify({ ...planned.plan }, null, 2);
  const newer = text.replace('"format":1', '"format":2');
  it.each([
    ['a plan of an older version', old],
    ['one of a newer version', newer],
    ['nothing', ''],
    ['another value', 'null'],
  ])('is absent: %s', (_what, written) => {
    expect(parsePastPlan(written)).toBeUndefined();
  });

  it('is absent or whole, wherever the text is cut or changed, and never an error', () => {
    const cut = fc.nat(text.length - 3);
    fc.assert(
      fc.property(cut, fc.constantFrom('', 'null', '{}', '"', '7'), (at, put) => {
        const past = parsePastPlan(text.slice(0, at) + put);
        expect(past).toBeUndefined();
        const changed = parsePastPlan(text.slice(0, at) + put + text.slice(at + 1));
        for (const { inputs, fields } of changed?.stages ?? []) {
          expect(typeof fields).toBe('object');
          expect(inputs.every(({ role }) => typeof role === 'string')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
