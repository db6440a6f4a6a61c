import type { TopLevelSpec } from 'vega-lite';

import { html, trusted, type Html } from './html.js';
import type { Point } from '../metrics/curves.js';
import { thin } from './series.js';

export interface Chart {
  /** Unique in the page: what the drawing's own ids begin with. */
  readonly id: string;
  /** What a reader who cannot see the drawing is told. */
  readonly description: string;
  /** Drawn thin and light, behind. */
  readonly raw: readonly Point[];
  /** Drawn strong, in front. */
  readonly strong: readonly Point[];
  /** Marks each point of `strong`: for few points that were measured apart. */
  readonly marks?: boolean;
  /** Whether the vertical axis must reach zero: for distances, whose size is what matters. */
  readonly zero: boolean;
  /** As wide as the page, or one of two in a row. */
  readonly size: 'page' | 'half';
}

/** Width and height in CSS pixels. A drawing that shrank to a telephone's width could not be read. */
const sizes = {
  page: { wide: [1040, 300], narrow: [350, 240] },
  half: { wide: [500, 220], narrow: [350, 210] },
} as const;

const pointsPerPixel = 3;

/**
 * The most points of a chart that are drawn without thinning. Three a pixel already give every pixel column
 * its lowest and its highest; more cannot be seen, and would fill the file.
 */
export function pointLimit(size: Chart['size']): number {
  return pointsPerPixel * sizes[size].wide[0];
}

/** The chart twice, for wide and for narrow windows; the style sheet shows the one that fits. */
export async function drawChart(chart: Chart): Promise<Html> {
  const { wide, narrow } = sizes[chart.size];
  return html`<div class="wide">${await draw(chart, wide, `${chart.id}-wide`)}</div>
    <div class="narrow">${await draw(chart, narrow, `${chart.id}-narrow`)}</div>`;
}

async function draw(chart: Chart, size: readonly [number, number], id: string): Promise<Html> {
  // Loaded where it is needed: it takes as long as all the rest of a run from the cache.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new View(parse(compile(specificationOf(chart, size)).spec), { renderer: 'none' });
  try {
    return inPage(await view.toSVG(), chart.description, id);
  } finally {
    view.finalize();
  }
}

function specificationOf(chart: Chart, [width, height]: readonly [number, number]): TopLevelSpec {
  const limit = pointsPerPixel * width;
  return {
    width,
    height,
    autosize: { type: 'fit', contains: 'padding' },
    padding: { left: 0, top: 6, right: 12, bottom: 0 },
    background: 'transparent',
    layer: [
      { data: { values: rows(chart.raw, limit) }, mark: { ...line, strokeWidth: 1, color: 'var(--raw)' } },
      {
        data: { values: rows(chart.strong, limit) },
        mark: {
          ...line,
          strokeWidth: 2.25,
          color: 'var(--strong)',
          ...(chart.marks === true && { point: { color: 'var(--strong)', filled: true, size: 42 } }),
        },
      },
    ],
    encoding: {
      x: {
        field: 'step',
        type: 'quantitative',
        title: 'generator steps',
        scale: { nice: false, zero: false },
        axis: { format: ',~f', tickCount: Math.floor(width / 110), tickMinStep: 1, grid: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: null,
        scale: { zero: chart.zero, nice: true },
        axis: { tickCount: 5, domain: false, ticks: false, labelPadding: 8 },
      },
    },
    config: {
      // Descriptions of single marks would say nothing: the whole drawing has one.
      aria: false,
      view: { stroke: null },
      axis: {
        labelColor: 'var(--muted)',
        titleColor: 'var(--muted)',
        titleFontWeight: 'normal',
        labelFontSize: 12,
        titleFontSize: 12,
        titlePadding: 8,
        gridColor: 'var(--line)',
        domainColor: 'var(--axis)',
        tickColor: 'var(--axis)',
      },
    },
  };
}

const line = {
  type: 'line',
  strokeJoin: 'round',
  strokeCap: 'round',
  // A point that is not a number is a gap; drawing on across it would claim a value.
  invalid: 'break-paths-show-path-domains',
} as const;

interface Row {
  readonly step: number;
  readonly value: number | null;
}

function rows(points: readonly Point[], limit: number): Row[] {
  return thin(points, limit).map(({ step, value }) => ({
    step,
    value: Number.isFinite(value) ? value : null,
  }));
}

/** Vega's drawing fitted to a page that holds several: own ids, no fixed size, short numbers. */
function inPage(svg: string, description: string, id: string): Html {
  const viewBox = /viewBox="([^"]*)"/.exec(svg)?.[1] ?? '';
  const body = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    .replace(/<[^>]*>/g, (tag) =>
      tag
        .replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100))
        .replace(/\bid="/g, `id="${id}-`)
        .replace(/url\(#/g, `url(#${id}-`),
    );
  return html`<svg class="chart" viewBox="${viewBox}" role="img" aria-label="${description}">
    ${trusted(body)}
  </svg>`;
}
