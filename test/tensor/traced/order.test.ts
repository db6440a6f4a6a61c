import { describe, expect, test } from 'vitest';

import { required } from '../../../src/base/invariant.js';
import { optimizer } from '../../../src/tensor/optimizers.js';
import type { NodeDef } from '../../../src/tensor/traced/graph.js';
import { trainingGraph } from '../../../src/tensor/traced/traced-training.js';
import { modelOf, useNativeBackend } from '../support.js';
import { everyNetwork, everyOptimizer } from './support.js';

/*
 * TensorFlow runs what does not depend on one another in any order, or at once. An iteration is right in all of them
 * if whatever changes a variable is bound by a path, of data or of control, to all that reads or changes it before and after.
 */

useNativeBackend();

/** Of an output or a control input. */
const nodeName = (input: string) => input.replace(/^\^/, '').replace(/:\d+$/, '');

/** All that has run before a node has. */
function ancestors(of: string, nodes: ReadonlyMap<string, NodeDef>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [of];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const input of required(nodes.get(name), name).input.map(nodeName)) {
      if (!found.has(input)) open.push(input);
      found.add(input);
    }
  }
  return found;
}

interface Access {
  readonly node: string;
  readonly changes: boolean;
}

/** By variable: the nodes that what is fetched makes run, in the order in which they were put into the graph. */
function accessesOf(fetch: string, nodes: ReadonlyMap<string, NodeDef>): ReadonlyMap<string, Access[]> {
  const run = ancestors(fetch, nodes);
  const accesses = new Map<string, Access[]>();
  for (const { name, op, input } of nodes.values()) {
    if (!run.has(name)) continue;
    for (const variable of input.map(nodeName)) {
      if (nodes.get(variable)?.op !== 'VarHandleOp') continue;
      accesses.set(variable, [
        ...(accesses.get(variable) ?? []),
        { node: name, changes: op !== 'ReadVariableOp' },
      ]);
    }
  }
  return accesses;
}

/** Pairs of accesses of which one changes the variable, without a path from the first to the second. */
function races(fetch: string, nodes: ReadonlyMap<string, NodeDef>): string[] {
  return [...accessesOf(fetch, nodes)].flatMap(([variable, accesses]) =>
    accesses.flatMap((later, index) => {
      const before = ancestors(later.node, nodes);
      return accesses
        .slice(0, index)
        .filter((earlier) => (earlier.changes || later.changes) && !before.has(earlier.node))
        .map((earlier) => `${variable}: ${earlier.node} and ${later.node}`);
    }),
  );
}

/** Weights that are a variable each, so that there are some whose gradient does not depend on their value. */
const wide = {
  name: 'mlp, a single wide layer',
  shape: [2],
  generator: { type: 'mlp_generator', z_dim: 2, hidden: [2 ** 16], activation: 'relu', norm: 'none' },
  critic: { type: 'mlp_critic', hidden: [2 ** 16], activation: 'relu', norm: 'none' },
} as const;
const deep = {
  name: 'dcgan, wide',
  shape: [32, 32, 3],
  generator: { type: 'dcgan_generator', z_dim: 64, ngf: 32, norm: 'batch' },
  critic: { type: 'dcgan_critic', ndf: 32, norm: 'batch' },
} as const;

const objectives = ['wasserstein', 'non_saturating', 'minimax'] as const;
const constraints = [
  { what: 'unconstrained', constraint: {} },
  { what: 'clipped', constraint: { clip: [-0.05, 0.05] } },
  { what: 'penalised', constraint: { penalty: 10 } },
  { what: 'spectrally normalised', constraint: { spectralNorm: { bound: 1, powerIterations: 1 } } },
] as const;
const criticIterations = 3;
const isWeights = /^(critic|generator)\/weights\//;

describe.each([...everyNetwork, wide, deep])('$name', ({ name, ...networks }) => {
  for (const options of everyOptimizer) {
    for (const { what, constraint } of constraints) {
      if ('penalty' in constraint && /norm batch|tanh|dcgan, wide/.test(name)) continue;
      test.each(objectives)(`every order of ${options.type}, ${what}, %s computes the same`, (objective) => {
        const model = modelOf({
          ...networks,
          ...constraint,
          objective,
          average: { decay: 0.9, start: 0 },
          optimizer: optimizer(options),
        });
        const { graph } = trainingGraph({
          ...{ model, criticIterations, batchSize: 4, seed: 1 },
          hasLooseSteps: true,
        });
        const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
        for (const fetch of ['losses', 'loose_step/losses', 'written'])
          expect(races(fetch, nodes)).toEqual([]);

        const variables = graph.nodes.filter(({ op, name }) => op === 'VarHandleOp' && isWeights.test(name));
        expect(variables.length).toBeGreaterThan(1);
        const decays = model.optimizers.critic.decays ? 1 : 0;
        const accesses = accessesOf('losses', nodes);
        for (const { name } of variables) {
          const ofCritic = criticIterations * ('clip' in constraint ? 2 + decays : 1 + decays);
          const changes = (accesses.get(name) ?? []).filter((access) => access.changes);
          expect(changes, name).toHaveLength(name.startsWith('critic/') ? ofCritic : 1 + decays);
        }
      });
    }
  }
});
