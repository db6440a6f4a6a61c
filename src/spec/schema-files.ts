import { pipelineSchema } from './schema.js';
import { surfaceSchema } from './surface.js';

const draft = 'http://json-schema.org/draft-07/schema#';

/** The files of schemas/, by name. `scripts/write-schemas.mjs` writes them; a test holds them to this. */
export function schemaFiles(): Readonly<Record<string, string>> {
  return {
    'pipeline.schema.json': text('Wassermill pipeline', surfaceSchema()),
    'pipeline.canonical.schema.json': text('Wassermill pipeline, resolved', pipelineSchema),
  };
}

function text(title: string, schema: object): string {
  return `${JSON.stringify({ $schema: draft, title, ...schema }, null, 2)}\n`;
}
