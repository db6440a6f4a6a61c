import type { Fragment, FragmentNode } from './fragment.js';
import { bfloat16, float32, type Output } from './graph.js';

/** Inputs of each operation that are numbers; the others are sizes. */
const products: Readonly<Record<string, readonly number[]>> = {
  MatMul: [0, 1],
  Conv2D: [0, 1],
  Conv2DBackpropFilter: [0, 2],
  Conv2DBackpropInput: [1, 2],
};

/**
 * The fragment with its products of matrices and its convolutions on bfloat16: a float32 with 8 bits of significand in place
 * of 24. What goes into one is rounded, its sums are taken in float32, and what comes out is rounded once more. All between
 * two products, and all that is kept, stays float32.
 */
export function withBfloat16Products({ nodes, outputs }: Fragment): Fragment {
  return {
    nodes: nodes.flatMap((node) => (Object.hasOwn(products, node.op) ? rounded(node) : [node])),
    outputs,
  };
}

function rounded({ name, op, input, attr }: FragmentNode): FragmentNode[] {
  const numbers = products[op] ?? [];
  const cast = (at: number): FragmentNode => ({
    name: `${name}/input${at}`,
    op: 'Cast',
    input: [input[at] ?? ''],
    attr: { SrcT: float32, DstT: bfloat16 },
  });
  const product: Output = `${name}/bfloat16`;
  return [
    ...numbers.map(cast),
    {
      name: product,
      op,
      input: input.map((output, at) => (numbers.includes(at) ? `${name}/input${at}` : output)),
      attr: { ...attr, T: bfloat16 },
    },
    { name, op: 'Cast', input: [product], attr: { SrcT: bfloat16, DstT: float32 } },
  ];
}
