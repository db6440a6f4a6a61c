import { formatTime } from '../base/format.js';
import type { RunStarted } from '../execute/events.js';

/** What may change the last bits of a result without being in the specification: names and values for people. */
export function provenanceFacts({
  provenance,
  time,
}: Pick<RunStarted, 'provenance' | 'time'>): readonly (readonly [name: string, value: string])[] {
  const { git } = provenance;
  return [
    ['Wassermill', provenance.wassermill],
    ['Node.js', provenance.node],
    ['TensorFlow', provenance.tensorflow],
    ['Backend', provenance.backend],
    ['Processor', `${provenance.cpu}, ${provenance.cores} cores`],
    [
      'Git',
      git === undefined
        ? 'not in a repository'
        : `${git.commit} on ${git.branch}${git.dirty ? ', with uncommitted changes' : ', clean'}`,
    ],
    ['Started', `${formatTime(time)} by ${provenance.user}`],
    ['Pipeline file', provenance.pipelineFile],
  ];
}
