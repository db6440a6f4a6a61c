import { isMap, parseDocument as parseYaml } from 'yaml';

import { formatCount } from '../base/format.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/problem.js';
import type { SourceRange, SourceText } from '../diagnostics/range.js';
import { buildTree } from './build-tree.js';
import type { PositionedDocument, PositionedNode } from './document.js';
import { lexemesOf } from './lexemes.js';
import { deepest, mostLexemes } from './limits.js';
import { syntaxDiagnostics } from './syntax-diagnostics.js';

/**
 * Reads YAML 1.2 (core schema) as one map in which every value knows its place. Anchors, aliases and merge keys
 * are written out; keys are text, each once in its map; tags are refused.
 */
export function parseDocument(source: SourceText): Result<PositionedDocument, readonly Diagnostic[]> {
  const tooMany = tooManyLexemes(source);
  if (tooMany) return err([tooMany]);
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
  // Behind a blank, `---` and `%` are no signs of a document.
  const part = { ...source, text: ` ${source.text.slice(start, end)}` };
  const yaml = parse(part);
  if (!yaml.ok) return err(yaml.error.map((problem) => moved(problem, source, start - 1)));
  const { contents, errors } = yaml.value;
  if (errors.length > 0) {
    return err(syntaxDiagnostics(part, yaml.value).map((problem) => moved(problem, source, start - 1)));
  }
  if (contents === null) return ok({ kind: 'scalar', range: { source, start, end }, value: null });
  const { root, problems } = buildTree(source, contents, start - 1);
  return root && problems.length === 0 ? ok(root) : err(problems);
}

/** What is said of a part of a text, at its places in the whole. */
function moved(problem: Diagnostic, source: SourceText, by: number): Diagnostic {
  const place = <Placed extends { readonly range?: SourceRange }>(placed: Placed): Placed =>
    placed.range
      ? { ...placed, range: { source, start: placed.range.start + by, end: placed.range.end + by } }
      : placed;
  return { ...place(problem), notes: problem.notes.map(place) };
}

/** Looked at before the parser makes something of each of them. */
function tooManyLexemes(source: SourceText): Diagnostic | undefined {
  // Each is a character at least.
  if (source.text.length <= mostLexemes) return undefined;
  let count = 0;
  for (const { type, start, text } of lexemesOf(source.text)) {
    if (type === 'space' || type === 'newline' || type === 'comment') continue;
    count += 1;
    if (count <= mostLexemes) continue;
    return error('too-large', {
      at: { source, start, end: start + text.length },
      message: `a pipeline has at most ${formatCount(mostLexemes)} words and signs, and this file has more`,
      help: 'name the pipeline, not its data; what several pipelines need goes into files that they extend',
    });
  }
  return undefined;
}

function parse(source: SourceText): Result<ReturnType<typeof parseYaml>, readonly Diagnostic[]> {
  try {
    return ok(
      parseYaml(source.text, {
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
