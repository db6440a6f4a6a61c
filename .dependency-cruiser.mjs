/** The layers of docs/architecture.md: for each folder of src, the folders (or files) it may import. */
const layers = {
  base: [],
  files: ['base'],
  diagnostics: ['base'],
  source: ['diagnostics', 'base'],
  networks: ['base'],
  spec: ['networks', 'source', 'diagnostics', 'base'],
  resolve: ['spec', 'source', 'diagnostics', 'base'],
  plan: ['resolve', 'spec', 'networks', 'source', 'diagnostics', 'base'],
  cache: ['plan/types', 'files', 'base'],
  execute: ['plan', 'cache/contract', 'resolve/axes', 'diagnostics', 'spec', 'files', 'base'],
  native: ['files', 'base'],
  tensor: ['networks', 'native', 'base'],
  metrics: ['tensor', 'base'],
  statistics: ['base'],
  stages: [
    'spec',
    'execute/contract',
    'execute/comparison-numbers',
    'execute/judged',
    'execute/recorded-events',
    'plan/types',
    'resolve/axes',
    'tensor',
    'metrics',
    'statistics',
    'files',
    'base',
  ],
  tracking: [
    'execute/comparison-numbers',
    'execute/events',
    'execute/event-lines',
    'execute/judged',
    'execute/record',
    'plan/types',
    'plan/stage-name',
    'resolve/axes',
    'files',
    'base',
  ],
  report: [
    'execute/events',
    'execute/judged',
    'execute/record',
    'plan/types',
    'plan/stage-name',
    'resolve/axes',
    'metrics/labels',
    'metrics/curves',
    'metrics/curve-metrics',
    'files',
    'base',
  ],
};

const rules = Object.entries(layers).map(([folder, allowed]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `src/${folder} may import only: ${[folder, ...allowed].join(', ')}`,
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: [folder, ...allowed].map((target) => `^src/${target}(/|\\.ts$)`),
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-tensor-imports-tfjs',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tensor/' },
      to: { path: '@tensorflow/' },
    },
    ...rules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
