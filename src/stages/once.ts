/** What finds a number by its name, or knows it from before. */
export type Once = (name: string, find: () => number) => number;

/** For what does not change: what metrics say of a reference alone, while one snapshot after another is held against it. */
export function onlyOnce(): Once {
  const found = new Map<string, number>();
  return (name, find) => {
    const value = found.get(name) ?? find();
    found.set(name, value);
    return value;
  };
}
