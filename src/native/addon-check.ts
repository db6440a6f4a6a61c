import { runCommand } from './command.js';
import type { NativeHost } from './host.js';

export type AddonCheck = (Computes | { readonly state: 'fails' }) & {
  /** The last lines that TensorFlow wrote. */
  readonly output: readonly string[];
};

interface Computes {
  readonly state: 'computes';
  /** TensorFlow's version, by its own account. */
  readonly tensorflow: string;
  /** Whether it computes on a GPU. */
  readonly gpu: boolean;
}

/** [[1, 2], [3, 4]] squared, through the add-on alone. */
const program = `
const addon = require(process.argv[1]);
const id = addon.createTensor([2, 2], addon.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
const attributes = [
  { name: 'transpose_a', type: addon.TF_ATTR_BOOL, value: false },
  { name: 'transpose_b', type: addon.TF_ATTR_BOOL, value: false },
  { name: 'T', type: addon.TF_ATTR_TYPE, value: addon.TF_FLOAT },
];
const [product] = addon.executeOp('MatMul', attributes, [id, id], 1);
const values = Array.from(addon.tensorDataSync(product.id));
console.log(JSON.stringify({ values, tensorflow: addon.TF_Version, gpu: addon.isUsingGpuDevice() }));
`;

const expected = [1 * 1 + 2 * 3, 1 * 2 + 2 * 4, 3 * 1 + 4 * 3, 3 * 2 + 4 * 4];

/** Computes with the add-on in a process of its own, which may crash as it likes. */
export async function checkAddon(
  addon: string,
  { environment }: Pick<NativeHost, 'environment'>,
  libraryPath: readonly string[],
  signal?: AbortSignal,
): Promise<AddonCheck> {
  const outcome = await runCommand([process.execPath, '-e', program, addon], {
    environment: { ...environment, ...libraryVariables(libraryPath, environment) },
    ...(signal && { signal }),
  });
  const output = outcome.lastLines.filter((line) => line !== outcome.stdout.trim());
  const failed: AddonCheck = { state: 'fails', output };
  if (!outcome.succeeded) return failed;
  const answer = JSON.parse(outcome.stdout) as Omit<Computes, 'state'> & {
    readonly values: readonly number[];
  };
  if (expected.some((value, index) => value !== answer.values[index])) return failed;
  const { tensorflow, gpu } = answer;
  return { state: 'computes', tensorflow, gpu, output };
}

/**
 * What a process needs in its environment, from its very start, to find TensorFlow's companions before any
 * others that the machine has.
 */
export function libraryVariables(
  libraryPath: readonly string[],
  environment: NativeHost['environment'],
): Readonly<Record<string, string>> {
  if (libraryPath.length === 0) return {};
  const own = environment['LD_LIBRARY_PATH'];
  return { LD_LIBRARY_PATH: [...libraryPath, ...(own ? [own] : [])].join(':') };
}
