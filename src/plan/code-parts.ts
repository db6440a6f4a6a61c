/**
 * What the code behind each kind of stage consists of, so that a change can be named: the implementation's digest
 * alone says only that there was one.
 */
export interface CodeParts {
  /** By kind of stage, names of parts: compiled modules relative to the build's folder, and packages. */
  readonly consistsOf: Readonly<Record<string, readonly string[]>>;
  /** By name, the digest of a module, or the version of a package. */
  readonly parts: Readonly<Record<string, string>>;
}

/** A part that is not what it was; a version or digest is absent on the side that has no such part. */
export interface PartChange {
  readonly part: string;
  readonly before?: string;
  readonly after?: string;
}

/** How the code behind one kind differs, by the names of the parts. */
export function partChanges(kind: string, before: CodeParts, after: CodeParts): readonly PartChange[] {
  const [old, now] = [partsOf(kind, before), partsOf(kind, after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((part): PartChange[] => {
    const [was, is] = [old.get(part), now.get(part)];
    if (was === is) return [];
    return [{ part, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

function partsOf(kind: string, { consistsOf, parts }: CodeParts): ReadonlyMap<string, string> {
  const names = Object.hasOwn(consistsOf, kind) ? (consistsOf[kind] ?? []) : [];
  return new Map(names.map((name) => [name, (Object.hasOwn(parts, name) ? parts[name] : undefined) ?? '']));
}
