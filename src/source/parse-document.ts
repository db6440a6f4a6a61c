import { isMap, parseDocument as parseYaml } from 'yaml';

import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/problem.js';
import type { SourceText } from '../diagnostics/range.js';
import { buildTree } from './build-tree.js';
import type { PositionedDocument, PositionedNode } from './document.js';
import { deepest } from './limits.js';
import { syntaxDiagnostics } from './syntax-diagnostics.js';

/**
 * Reads YAML 1.2 (core schema) as one map in which every value knows its place. Anchors, aliases and merge keys
 * are written out; keys are text, each once in its map; tags are refused.
 */
export function parseDocument(source: SourceText): Result<PositionedDocument, readonly Diagnostic[]> {
  const yaml = parse(source);
  if (!yaml.ok) return yaml;
  const document = yaml.value;
  if (document.errors.length > 0) return err(syntaxDiagnostics(source, document));

  const contents = document.contents;
  if (contents === null || (!isMap(contents) && source.text.trim() === '')) {
    return err([
      error('yaml-documents', {
        at: { source, start: 0, end: 0 },
        message: 'the file is empty',
        help: 'start from a file in pipelines/, such as pipelines/quickstart.yaml',
      }),
    ]);
  }
  const { root, problems } = buildTree(source, contents);
  if (problems.length > 0) return err(problems);
  if (root?.kind !== 'map') {
    const at = root?.range ?? { source, start: 0, end: 0 };
    return err([
      error('not-a-pipeline', {
        at: { ...at, end: Math.max(at.start, at.end) },
        message: `a pipeline is a map of keys and values, but this is a ${root?.kind === 'list' ? 'list' : 'single value'}`,
        help: 'write `version: 1`, `name: ...` and so on, each on a line of its own',
      }),
    ]);
  }
  return ok({ source, root });
}

/** Reads the YAML value that stands in a part of a text: what a command-line argument assigns. */
export function parseValue(
  source: SourceText,
  start: number,
  end: number,
): Result<PositionedNode, readonly Diagnostic[]> {
  // Blanks in place of what stands before it leave every part of the value at its place.
  const yaml = parse(source, `${' '.repeat(start)}${source.text.slice(start, end)}`);
  if (!yaml.ok) return yaml;
  const { contents, errors } = yaml.value;
  if (errors.length > 0) return err(syntaxDiagnostics(source, yaml.value));
  if (contents === null) return ok({ kind: 'scalar', range: { source, start, end }, value: null });
  const { root, problems } = buildTree(source, contents);
  return root && problems.length === 0 ? ok(root) : err(problems);
}

function parse(
  source: SourceText,
  text = source.text,
): Result<ReturnType<typeof parseYaml>, readonly Diagnostic[]> {
  try {
    return ok(
      parseYaml(text, {
        version: '1.2',
        schema: 'core',
        // Duplicate keys are found while building, where both places are known.
        uniqueKeys: false,
        prettyErrors: false,
        logLevel: 'error',
      }),
    );
  } catch (thrown) {
    // The parser calls itself for each level of nesting.
    if (!(thrown instanceof RangeError)) throw thrown;
    return err([
      error('too-deep', {
        at: { source, start: 0, end: 0 },
        message: 'maps and lists are nested too deeply to be read',
        help: `keep the nesting below ${deepest} levels`,
      }),
    ]);
  }
}
