import type { Lookup } from '../cache/contract.js';
import type { SampleShape } from '../networks/shape.js';
import type { PlannedStage, StageId } from '../plan/types.js';
import { readDatasetManifest } from '../stages/dataset-artifact.js';

/** The shapes of samples that datasets have which have run; of those that cannot be read, nothing is known. */
export async function foundShapes(
  looks: readonly { readonly stage: PlannedStage; readonly found: Lookup }[],
): Promise<ReadonlyMap<StageId, SampleShape>> {
  const shapes = await Promise.all(
    looks.map(async ({ stage, found }): Promise<readonly (readonly [StageId, SampleShape])[]> => {
      if (stage.kind !== 'dataset' || found.state !== 'hit') return [];
      try {
        const { shape } = await readDatasetManifest(found.artifact.directory);
        return [[stage.id, shape]];
      } catch {
        return [];
      }
    }),
  );
  return new Map(shapes.flat());
}
