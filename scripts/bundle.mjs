// The command line as few files: Node takes longer to find and load the 400 modules that `validate` or a run without
// work needs than they take to do it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { rolldown } from 'rolldown';

/** Left as they are: native, with files of their own that they look for, or large and seldom needed. */
const external = [/^node:/, /^@tensorflow\//, 'pino', 'sharp', 'sql.js', 'vega', 'vega-lite', 'yauzl'];

/**
 * Replaces `cli/main.js` in a folder of compiled modules by a bundle of all that it imports. Its parts lie beside it, since
 * modules find files by paths from `cli`.
 * @param {string} dist @param {string} root of the package
 */
export async function bundleCommandLine(dist, root) {
  const folder = path.join(dist, 'cli');
  const build = await rolldown({
    input: { main: path.join(folder, 'main.js') },
    cwd: root,
    platform: 'node',
    external,
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    chunkFileNames: 'main.[name].[hash].js',
  });
  await build.close();
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  writeFileSync(path.join(folder, 'main.licenses.txt'), licencesOf(modules, root));
}

/** What the licences of the bundled packages ask for: their texts. @param {string[]} modules @param {string} root */
function licencesOf(modules, root) {
  const folders = modules.flatMap(
    (file) => /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined)
      throw new Error(`${path.relative(root, folder)} has no licence to bundle with it`);
    return `${name} ${version}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}
