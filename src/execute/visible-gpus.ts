/** The variable that shows a process these GPUs and no others; nothing for a stage that asks for none. */
export function visibleGpus(gpus: readonly string[] | undefined): Readonly<Record<string, string>> {
  return gpus === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpus.join(',') };
}
