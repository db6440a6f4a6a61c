/** Writes the JSON Schemas of the pipeline language to schemas/, from the compiled declarations in dist/. */
import { writeFileSync } from 'node:fs';
import { URL } from 'node:url';

import { schemaFiles } from '../dist/spec/schema-files.js';

for (const [name, text] of Object.entries(schemaFiles())) {
  writeFileSync(new URL(`../schemas/${name}`, import.meta.url), text);
  console.log(`schemas/${name}`);
}
