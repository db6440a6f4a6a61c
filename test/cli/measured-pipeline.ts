/**
 * A pipeline of which a program measures 100, 105 and 110 for its three seeds, and so much more; in the arm `worse` a half more. `rest` are
 * further stages.
 */
export function measuredPipeline(name: string, more: number, rest: string): string {
  return `version: 1
name: ${name}
seeds: [0, 1, 2]
vars: {more: ${more}}
ablation: {arms: {worse: {vars.more: 50}}}
datasets: {}
architectures: {}
stages:
  quality:
    type: command
    run: 'echo "{\\"fid\\": $((100 + 5 * WASSERMILL_SEED + \${vars.more}))}" > $WASSERMILL_OUT/metrics.json'
    metrics: [fid]
    seed: \${seed}
${rest}`;
}
