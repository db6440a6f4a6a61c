import { readFileSync } from 'node:fs';

import { expect } from 'vitest';
import { stringify } from 'yaml';

import { err, ok, type Result } from '../../src/base/result.js';
import { compareSides } from '../../src/cli/diff/compare.js';
import { sideOfExperiments, type Side } from '../../src/cli/diff/side.js';
import { diffText } from '../../src/cli/diff/text.js';
import { dotOf } from '../../src/cli/graph/dot.js';
import { mermaidOf } from '../../src/cli/graph/mermaid.js';
import { graphText } from '../../src/cli/graph/text.js';
import { argumentSource, resolveDocument } from '../../src/cli/load-pipeline.js';
import { SharedSources } from '../../src/cli/shared-sources.js';
import { makeLook } from '../../src/cli/terminal/look.js';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { githubAnnotations } from '../../src/diagnostics/github-form.js';
import { diagnosticsJson } from '../../src/diagnostics/json-form.js';
import { colourPalette } from '../../src/diagnostics/palette.js';
import type { SourceText } from '../../src/diagnostics/range.js';
import { renderDiagnostics } from '../../src/diagnostics/render.js';
import { planExperiments } from '../../src/plan/plan.js';
import { planRecord, planRecordText } from '../../src/plan/plan-record.js';
import { graphOfCells, graphOfStages } from '../../src/plan/stage-graph.js';
import { unitsOfPlan } from '../../src/plan/stage-units.js';
import type { Experiment } from '../../src/resolve/experiment.js';
import type { ReadSource } from '../../src/resolve/read-source.js';
import { mergeDocument, type ResolveInputs } from '../../src/resolve/resolve.js';
import { parseDocument } from '../../src/source/parse-document.js';
import { printWithOrigins } from '../../src/source/print-origins.js';
import { code, world } from '../plan/support.js';
import type { Mutant } from './mutant.js';
import { seeds } from './seeds.js';

const environment = { DATA: '/data', X: '1' };
const look = makeLook({ unicode: true, colour: false });
const widths = [1, 20, 80, 300];

const docs = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8');
const documented = new Set([...docs.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, found]) => found));

/** What a terminal would obey, line breaks aside. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/**
 * Takes a damaged pipeline through everything that reads it: it is refused with located problems, or it is planned, drawn
 * and compared. Throws what is wrong with that; answers whether it was accepted.
 */
export async function tryOut(mutant: Mutant): Promise<boolean> {
  const resolved = resolve(mutant);
  const problems = resolved.ok ? resolved.value.warnings : resolved.error;
  if (!resolved.ok) expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
  for (const problem of problems) expectPlaced(problem, resolved.ok);
  expectPrintable(problems);
  if (!resolved.ok) return false;
  const { experiments } = resolved.value;
  expectDecided(experiments, mutant);
  await expectPlanned(experiments, mutant);
  return true;
}

interface Accepted {
  readonly experiments: readonly Experiment[];
  readonly warnings: readonly Diagnostic[];
}

function resolve({ damaged, entry, overrides }: Mutant): Result<Accepted, readonly Diagnostic[]> {
  const document = parseDocument(entry);
  if (!document.ok) return document;
  const inputs: ResolveInputs = {
    environment,
    readSource: new SharedSources().for(entry, beside(damaged)),
    overrides: overrides.map((text) => argumentSource(text, '/project')),
  };
  const merged = mergeDocument(document.value, inputs);
  if (merged.root) printWithOrigins(merged.root);
  return resolveDocument(document.value, inputs);
}

/** The seeds, one of them damaged. */
function beside(damaged: SourceText): ReadSource {
  const files = new Map([...seeds, damaged].map((source) => [source.path, source]));
  return (path) => {
    const source = files.get(path);
    return source ? ok(source) : err({ reason: 'missing', near: undefined });
  };
}

function expectPlaced(
  { code: said, severity, message, range, notes, help }: Diagnostic,
  isAccepted: boolean,
): void {
  expect(documented).toContain(said);
  if (isAccepted) expect(severity).toBe('warning');
  expect(range, message).toBeDefined();
  for (const place of [range, ...notes.map((note) => note.range)]) {
    if (!place) continue;
    expect(place.start, message).toBeGreaterThanOrEqual(0);
    expect(place.end, message).toBeGreaterThanOrEqual(place.start);
    expect(place.end, message).toBeLessThanOrEqual(place.source.text.length);
  }
  for (const words of [
    message,
    ...notes.map((note) => note.message),
    ...(help === undefined ? [] : [help]),
  ]) {
    expect(words.trim()).not.toBe('');
    expect(words).not.toMatch(/undefined|\[object |Internal error/);
  }
}

function expectPrintable(problems: readonly Diagnostic[]): void {
  for (const width of widths) expect(renderDiagnostics(problems, { width })).not.toMatch(obeyed);
  renderDiagnostics(problems, { palette: colourPalette });
  expect(githubAnnotations(problems)).not.toMatch(obeyed);
  for (const problem of diagnosticsJson(problems)) {
    expect(problem['line']).toBeGreaterThan(0);
    expect(problem['column']).toBeGreaterThan(0);
  }
}

/** Of a file without axes, the canonical form is a pipeline that says the same. */
function expectDecided(experiments: readonly Experiment[], { original, entry }: Mutant): void {
  const [only, ...others] = experiments;
  if (!only || others.length > 0 || Object.keys(only.axes).length > 0) return;
  const text = stringify(only.spec);
  // A text with `\${` in it is one with `${` now.
  if (text.includes('${')) return;
  const decided = { ...entry, text };
  const again = resolve({ original, damaged: decided, entry: decided, overrides: [] });
  if (!again.ok) throw new Error(renderDiagnostics(again.error));
  expect(again.value.experiments[0]?.spec).toEqual(only.spec);
}

async function expectPlanned(experiments: readonly Experiment[], mutant: Mutant): Promise<void> {
  const planned = await planExperiments(experiments, world());
  if (!planned.ok) {
    // Only `needs` that arms put in contrary orders are found as late as that.
    expect(planned.error.map((problem) => problem.code)).toEqual(['stage-cycle']);
    expectPrintable(planned.error);
    return;
  }
  const { plan } = planned.value;
  unitsOfPlan(plan);
  planRecordText(planRecord(planned.value, code));
  for (const graph of [graphOfStages(plan), graphOfCells(plan)]) {
    for (const text of [graphText(graph, look), dotOf(graph), mermaidOf(graph)]) {
      expect(text).not.toMatch(obeyed);
    }
  }
  const [old, now] = await Promise.all([
    sideOfOriginal(mutant.original),
    sideOf(mutant.entry.name, experiments),
  ]);
  if (!old) return;
  for (const [one, other] of [
    [old, now],
    [now, old],
  ] as const) {
    const differences = compareSides(one, other);
    for (const width of widths)
      expect(diffText(one, other, differences, { look, width })).not.toMatch(obeyed);
  }
  expect(compareSides(now, now)).toMatchObject({ areEqual: true, axes: [], fields: [], stages: [] });
}

async function sideOf(name: string, experiments: readonly Experiment[]): Promise<Side> {
  const side = await sideOfExperiments(name, experiments, { asked: undefined, like: {} }, world());
  if (!side.ok) throw new Error(JSON.stringify(side.error));
  return side.value;
}

const originals = new Map<SourceText, Promise<Side | undefined>>();

/** Undefined of a seed that is only a part of others. */
function sideOfOriginal(original: SourceText): Promise<Side | undefined> {
  const known = originals.get(original);
  if (known) return known;
  const resolved = resolve({ original, damaged: original, entry: original, overrides: [] });
  const side = resolved.ok ? sideOf(original.name, resolved.value.experiments) : Promise.resolve(undefined);
  originals.set(original, side);
  return side;
}
