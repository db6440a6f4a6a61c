import os from 'node:os';
import path from 'node:path';

import type { SourceText } from '../diagnostics/range.js';
import type { Provenance } from '../execute/events.js';
import { thisMachine } from '../execute/machine.js';
import type { BackendName } from '../plan/types.js';
import { gitState } from './git-state.js';
import { packageVersion } from './package.js';
import { backendVersion } from './planning.js';
import type { Surroundings } from './surroundings.js';

/** What may change a result's last bits, or a reader's trust in it, without being in the specification. */
export async function provenanceOf(
  pipeline: SourceText,
  backend: BackendName,
  lock: Provenance['lock'],
  environment: Surroundings['environment'],
): Promise<Provenance> {
  return {
    wassermill: packageVersion(),
    ...thisMachine(environment),
    backend,
    tensorflow: backendVersion(backend),
    cores: os.availableParallelism(),
    git: await gitState(path.dirname(pipeline.path), environment),
    pipelineFile: pipeline.name,
    ...(lock && { lock }),
    user: os.userInfo().username,
  };
}
