/** The name of a stage in its file: that of all its cells, `train` of `train@clip=0.1,seed=2`. */
export function stageName(id: string): string {
  const [name = ''] = id.split('@');
  return name;
}
