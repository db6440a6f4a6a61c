import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { packageFolder } from './package.js';

/** What a user starts from: a file of the package's `templates` each, in which every field is explained. */
export const templates = {
  points: 'a WGAN learns points in the plane; no data needed, half a minute',
  images: 'a WGAN with DCGAN networks on a folder of your own images',
  mnist: 'Algorithm 1 of the paper on handwritten digits; two files to download',
  ablation: 'the paper’s choices taken out one at a time, three seeds each; no data needed',
  sweep: 'a grid of clip ranges and critic iterations; no data needed',
} as const;

export type TemplateName = keyof typeof templates;

export const templateNames = Object.keys(templates) as readonly TemplateName[];

const nameLine = /^name: \S+/m;
const schemaLine = /^# yaml-language-server: \$schema=.*/;

/**
 * The text of a template, made out to a pipeline.
 * @param schema Where editors find the schema, from the file's own folder.
 */
export async function templateText(
  template: TemplateName,
  { name, schema }: { readonly name: string; readonly schema: string },
): Promise<string> {
  const text = await readFile(path.join(packageFolder, 'templates', `${template}.yaml`), 'utf8');
  return text
    .replace(schemaLine, () => `# yaml-language-server: $schema=${schema}`)
    .replace(nameLine, () => `name: ${name}`);
}

const longestName = 100;

/** The name of a pipeline after that of its file or folder: lower-case, and without what a name may not hold. */
export function pipelineName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, longestName)
    .replace(/-+$/, '');
  return name === '' ? undefined : name;
}
