import sharp from 'sharp';

import { invariant } from '../../base/invariant.js';

/** In pixels: the whole picture, square. */
const side = 512;
const margin = 12;
const inner = side - 2 * margin;
const colours = {
  background: '#ffffff',
  frame: '#9aa3ad',
  grid: '#e9ecef',
  reference: '#8a939c',
  samples: '#1f6fd6',
  outside: '#d1495b',
} as const;
/** Of the shown part's width, left free around the points that decide it. */
const border = 0.12;
const gridLines = 4;

/** The square of the plane that is shown: its middle and half of its side, in data units. */
interface View {
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

/**
 * Points of the plane, both axes to the same scale. Samples outside the part that is shown are drawn red on its
 * edge, where they left it; those that are not finite are left out.
 *
 * @param samples x and y of each point
 * @param reference of each real point; drawn behind, and shown whole
 */
export async function scatter(samples: Float32Array, reference?: Float32Array): Promise<Uint8Array> {
  const view = viewOf(reference ?? samples);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">`,
    `<rect width="${side}" height="${side}" fill="${colours.background}"/>`,
    lines(),
    `<rect x="${margin}" y="${margin}" width="${inner}" height="${inner}" fill="none" stroke="${colours.frame}"/>`,
    dots(reference ?? new Float32Array(0), view, { radius: 1.6, opacity: 0.45, colour: colours.reference }),
    dots(samples, view, { radius: 2.2, opacity: 0.75, colour: colours.samples }),
    '</svg>',
  ].join('');
  return sharp(Buffer.from(svg)).flatten().png({ compressionLevel: 9 }).toBuffer();
}

/** The smallest square with a border around the finite points; a unit square around a single point. */
function viewOf(points: Float32Array): View {
  invariant(points.length % 2 === 0, 'points of the plane have two components');
  const [low, high] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ];
  for (const [index, value] of points.entries()) {
    if (!Number.isFinite(value)) continue;
    const axis = index & 1;
    low[axis] = Math.min(low[axis] ?? value, value);
    high[axis] = Math.max(high[axis] ?? value, value);
  }
  const [left = 0, bottom = 0] = low;
  const [right = 0, top = 0] = high;
  if (!Number.isFinite(right - left) || !Number.isFinite(top - bottom)) return { x: 0, y: 0, half: 1 };
  const half = Math.max(right - left, top - bottom) / 2;
  return { x: (left + right) / 2, y: (bottom + top) / 2, half: half === 0 ? 0.5 : half * (1 + 2 * border) };
}

function lines(): string {
  return Array.from({ length: gridLines - 1 }, (_, index) => {
    const at = margin + (inner * (index + 1)) / gridLines;
    const end = side - margin;
    return `<path d="M${at} ${margin}V${end}M${margin} ${at}H${end}" stroke="${colours.grid}" fill="none"/>`;
  }).join('');
}

interface DotStyle {
  readonly radius: number;
  readonly opacity: number;
  readonly colour: string;
}

function dots(points: Float32Array, view: View, { radius, opacity, colour }: DotStyle): string {
  const circles: string[] = [];
  for (let index = 0; index < points.length; index += 2) {
    const across = ((points[index] ?? 0) - view.x) / view.half;
    const up = ((points[index + 1] ?? 0) - view.y) / view.half;
    if (!Number.isFinite(across) || !Number.isFinite(up)) continue;
    const outside = Math.max(Math.abs(across), Math.abs(up)) > 1;
    const x = side / 2 + (clamped(across) * inner) / 2;
    const y = side / 2 - (clamped(up) * inner) / 2;
    const fill = outside ? ` fill="${colours.outside}"` : '';
    circles.push(`<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${radius}"${fill}/>`);
  }
  return `<g fill="${colour}" fill-opacity="${opacity}">${circles.join('')}</g>`;
}

function clamped(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
