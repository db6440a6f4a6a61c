import type { Lookup } from '../cache/contract.js';
import type { KnownSamples } from '../plan/network-sizes.js';
import type { PlannedStage, StageId } from '../plan/types.js';
import { readDatasetManifest } from '../stages/dataset-artifact.js';

/** What is known of the samples of datasets that have run; of those that cannot be read, nothing. */
export async function foundSamples(
  looks: readonly { readonly stage: PlannedStage; readonly found: Lookup }[],
): Promise<ReadonlyMap<StageId, KnownSamples>> {
  const samples = await Promise.all(
    looks.map(async ({ stage, found }): Promise<readonly (readonly [StageId, KnownSamples])[]> => {
      if (stage.kind !== 'dataset' || found.state !== 'hit') return [];
      try {
        const { shape, classes } = await readDatasetManifest(found.artifact.directory);
        return [[stage.id, { shape, classes }]];
      } catch {
        return [];
      }
    }),
  );
  return new Map(samples.flat());
}
