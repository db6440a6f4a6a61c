import { stringify } from 'yaml';
import stringWidth from 'string-width';

import { formatCount, plural } from '../../base/format.js';
import type { JsonValue } from '../../base/json.js';
import { printable } from '../../diagnostics/printable.js';
import type { StageDifference } from '../../plan/stage-differences.js';
import { axesName } from '../../resolve/axes.js';
import { pathText } from '../../resolve/document-path.js';
import type { Look } from '../terminal/look.js';
import { truncate } from '../terminal/text.js';
import type { AxisDifference, Differences, FieldDifference } from './compare.js';
import type { Side } from './side.js';

/** How the text is to look. */
export interface DiffLook {
  readonly look: Look;
  /** Cells in a line. */
  readonly width: number;
}

/** What differs between two pipelines, for people. */
export function diffText(old: Side, now: Side, differences: Differences, { look, width }: DiffLook): string {
  const printer = new Printer(look, width);
  const { axes, fields, stages, areEqual } = differences;
  const effective = fields.filter(({ hasEffect }) => hasEffect);
  const idle = fields.filter(({ hasEffect }) => !hasEffect);
  const sections = [
    printer.section(
      'Axes',
      axes.flatMap((axis) => printer.axis(axis)),
    ),
    printer.section(
      `Fields${variantsOf(old, now, look)}`,
      effective.flatMap((field) => printer.field(field)),
    ),
    printer.section('Stages', printer.stages(stages)),
    printer.section(
      'No effect on results',
      idle.flatMap((field) => printer.field(field)),
    ),
  ].filter((lines) => lines.length > 0);
  const conclusion = areEqual ? 'The same results, with the same data and code' : countsOf(stages, now);
  const all = [printer.names(old, now), ...sections, [conclusion]];
  return `${all.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function countsOf(stages: readonly StageDifference[], now: Side): string {
  if (stages.length === 0) return 'No stage differs';
  const count = (change: StageDifference['change'], words: string): readonly string[] => {
    const found = stages.filter((stage) => stage.change === change).length;
    return found === 0 ? [] : [`${formatCount(found)} ${words}`];
  };
  const differing = stages.filter(({ change }) => change !== 'gone').length;
  const counts = [
    ...count('changed', 'changed'),
    ...count('input', 'through inputs'),
    ...count('key', 'of other data or code'),
    ...count('new', 'new'),
    ...count('gone', 'gone'),
    `${formatCount(now.stages.length - differing)} equal`,
  ];
  return `Stages: ${counts.join(', ')}`;
}

/** Which variants the fields are of. */
function variantsOf(old: Side, now: Side, { symbols }: Look): string {
  const names = [old, now].map(({ variant, axes }) => {
    if (variant === undefined) return Object.keys(axes).length === 0 ? '' : 'the first variant';
    return axesName(variant);
  });
  const [before = '', after = ''] = names;
  if (before === after) return before === '' ? '' : ` of ${before}`;
  return ` of ${names.map((name) => (name === '' ? 'the only variant' : name)).join(` ${symbols.arrow} `)}`;
}

/** Stages of one name that are shown a line each. */
const mostCells = 12;

class Printer {
  private readonly look: Look;
  private readonly width: number;

  constructor(look: Look, width: number) {
    this.look = look;
    this.width = width;
  }

  section(title: string, lines: readonly string[]): readonly string[] {
    return lines.length === 0 ? [] : [this.look.colour.bold(this.line(title)), ...lines];
  }

  line(text: string): string {
    return truncate(this.look.spell(printable(text)), this.width, this.look.symbols.ellipsis);
  }

  names(old: Side, now: Side): readonly string[] {
    const { colour } = this.look;
    return [colour.red(this.line(`- ${old.name}`)), colour.green(this.line(`+ ${now.name}`))];
  }

  axis({ axis, change, removed, added }: AxisDifference): readonly string[] {
    const line = this.marked(
      change,
      change === 'changed' ? axis : `${axis}: ${[...removed, ...added].join(', ')}`,
    );
    if (change !== 'changed') return [line];
    return [
      line,
      ...(removed.length > 0 ? [this.part('gone', removed.join(', '))] : []),
      ...(added.length > 0 ? [this.part('new', added.join(', '))] : []),
    ];
  }

  field({ path, old, new: now, oldPlace, newPlace }: FieldDifference): readonly string[] {
    const { arrow } = this.look.symbols;
    const name = pathText(path);
    const change = old === undefined ? 'new' : now === undefined ? 'gone' : 'changed';
    const values = [old, now].flatMap((value) => (value === undefined ? [] : [shown(value)]));
    const where = this.places([oldPlace, newPlace].flatMap((place) => place ?? []));
    const line = `${name}: ${values.join(` ${arrow} `)}`;
    if (change !== 'changed' || stringWidth(line) + 4 <= this.width)
      return [this.marked(change, line), ...where];
    const [before = '', after = ''] = values;
    return [this.marked(change, name), this.part('gone', before), this.part('new', after), ...where];
  }

  private places(places: readonly string[]): readonly string[] {
    if (places.length === 0) return [];
    const line = `      ${places.join(` ${this.look.symbols.arrow} `)}`;
    const lines = stringWidth(line) <= this.width ? [line] : places.map((place) => `      ${place}`);
    return lines.map((text) => this.look.colour.dim(this.line(text)));
  }

  /** A line a stage; a stage of the file with many cells gets one with their number. */
  stages(differences: readonly StageDifference[]): readonly string[] {
    const groups = new Map<string, StageDifference[]>();
    for (const difference of differences) {
      const label = `${difference.change} ${difference.stage.split('@')[0] ?? ''}`;
      groups.set(label, [...(groups.get(label) ?? []), difference]);
    }
    return [...groups.values()].flatMap((group) => {
      if (group.length <= mostCells) return group.map((difference) => this.stage(difference));
      const [first] = group;
      const name = first?.stage.split('@')[0] ?? '';
      return [this.marked(first?.change ?? 'changed', `${name}: ${plural(group.length, 'cell')}`)];
    });
  }

  private stage({ stage, change, through }: StageDifference): string {
    switch (change) {
      case 'input':
        return this.marked(change, `${stage}, through ${through.join(', ')}`);
      case 'key':
        return this.marked(change, `${stage}: its data, code or backend`);
      case 'changed':
      case 'new':
      case 'gone':
        return this.marked(change, stage);
    }
  }

  private marked(change: StageDifference['change'], text: string): string {
    const { colour } = this.look;
    const line = this.line(`  ${marks[change]} ${text}`);
    switch (change) {
      case 'new':
        return colour.green(line);
      case 'gone':
        return colour.red(line);
      case 'changed':
      case 'key':
        return colour.yellow(line);
      case 'input':
        return line;
    }
  }

  private part(change: 'new' | 'gone', text: string): string {
    return this.look.colour[change === 'new' ? 'green' : 'red'](this.line(`      ${marks[change]} ${text}`));
  }
}

const marks = { changed: '~', input: '>', key: '!', new: '+', gone: '-' } as const;

/** A value as YAML, on one line. */
function shown(value: JsonValue): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}
