import type { JsonObject } from '../base/json.js';
import { pipelineSchema } from './schema.js';
import { withSharedParts } from './shared-parts.js';
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
  // Of schemas as they are written: plain JSON.
  const shared = withSharedParts(JSON.parse(JSON.stringify(schema)) as JsonObject);
  return `${JSON.stringify({ $schema: draft, title, ...shared }, null, 2)}\n`;
}
