import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Of a machine, what may change the last bits of what it computes. */
export interface Machine {
  /** The processor's name. */
  readonly cpu: string;
  /** What TensorFlow chooses its kernels by: the processor's vector instructions, and a limit on them where one is set. */
  readonly instructions: string;
  /** Noise goes through its logarithm, sine and cosine. */
  readonly node: string;
}

/** @param environment Of the process that computes: `ONEDNN_MAX_CPU_ISA` limits the instructions. */
export function thisMachine(environment: Readonly<Record<string, string | undefined>>): Machine {
  const limit = environment['ONEDNN_MAX_CPU_ISA'];
  const instructions = vectorInstructions();
  return {
    cpu: os.cpus()[0]?.model.trim() ?? process.arch,
    instructions: limit === undefined ? instructions : `${instructions} ONEDNN_MAX_CPU_ISA=${limit}`,
    node: process.versions.node,
  };
}

/** What of two machines is different, in words for the middle of a sentence; empty where nothing is. */
export function machineDifferences(before: Machine, now: Machine): readonly string[] {
  const change = (what: string, field: keyof Machine) =>
    before[field] === now[field] ? [] : [`${what} ${before[field]}, here ${now[field]}`];
  return [
    ...change('processor', 'cpu'),
    ...(before.instructions === now.instructions
      ? []
      : [`instruction set ${instructionsChange(before.instructions, now.instructions)}`]),
    ...change('Node.js', 'node'),
  ];
}

/** As in `without amx_tile here, with sse4a here`. */
export function instructionsChange(before: string, now: string): string {
  const [was, is] = [before, now].map((text) => text.split(' '));
  const [gone, added] = [
    was?.filter((name) => !is?.includes(name)),
    is?.filter((name) => !was?.includes(name)),
  ];
  const part = (word: string, names: readonly string[] = []) =>
    names.length === 0 ? [] : [`${word} ${names.join(' ')} here`];
  return [...part('without', gone), ...part('with', added)].join(', ');
}

/** As in `avx avx2 avx512f fma`. The architecture where the system does not list them. */
function vectorInstructions(): string {
  try {
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    const vector = flags.split(' ').filter((flag) => /^(avx|fma|amx|sse4|f16c|asimd|sve|bf16)/.test(flag));
    return vector.length === 0 ? process.arch : vector.sort().join(' ');
  } catch {
    return process.arch;
  }
}
