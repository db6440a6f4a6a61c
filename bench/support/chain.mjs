// One chain of shell commands in the languages of three tools. Stage k reads the line of stage k-1 and writes it with a
// word more, so that a file tells which commands made it. Each command also adds its number to ran.txt beside the pipeline:
// that tells what a run ran. `read` and `echo` are built into the shell, so a stage costs one process.

export const seedFile = 'seed.txt';
export const ranFile = 'ran.txt';

/**
 * @typedef {object} Chain
 * @property {number} count stages, 2 and above
 * @property {boolean} edited whether the command in the middle is another one
 */

/** The stage that is edited: 50 of 100. @param {number} count */
export const middle = (count) => Math.floor(count / 2);

/** Names sort as the stages stand: s001, s002. @param {Chain} chain @param {number} stage from 1 */
const nameOf = ({ count }, stage) => `s${String(stage).padStart(String(count).length, '0')}`;

/** @param {Chain} chain @param {number} stage */
export const fileOf = (chain, stage) => `${nameOf(chain, stage)}.txt`;

/** @param {Chain} chain @param {number} stage */
const wordOf = ({ count, edited }, stage) =>
  edited && stage === middle(count) ? `${stage}-edited` : `${stage}`;

/** @param {number} count @returns {number[]} 1 to the count */
const upTo = (count) => Array.from({ length: count }, (_, index) => index + 1);

/** What the file of a stage holds. @param {Chain} chain @param {number} stage */
export const contentOf = (chain, stage) =>
  `${['seed', ...upTo(stage).map((earlier) => wordOf(chain, earlier))].join(' ')}\n`;

/** @param {Chain} chain @param {number} stage @param {string} from @param {string} to both as the shell reads them */
const commandOf = (chain, stage, from, to) =>
  `read -r line < ${from}; echo "$line ${wordOf(chain, stage)}" > ${to}; echo ${stage} >> ${ranFile}`;

/** @typedef {(chain: Chain) => string} Writer the text of a chain in the language of a tool */

/** @type {Writer} */
export function wassermillText(chain) {
  const stages = upTo(chain.count).map((stage) => {
    const first = stage === 1;
    const from = first ? seedFile : `"$WASSERMILL_IN_BEFORE/${fileOf(chain, stage - 1)}"`;
    return `  ${nameOf(chain, stage)}:
    type: command
    run: '${commandOf(chain, stage, from, `"$WASSERMILL_OUT/${fileOf(chain, stage)}"`)}'
    ${first ? `deps: [${seedFile}]` : `inputs: { before: ${nameOf(chain, stage - 1)} }`}
    outs: [${fileOf(chain, stage)}]
`;
  });
  return `version: 1\nname: chain\ndesc: Commands that each read what the one before wrote.\nstages:\n${stages.join('')}`;
}

/** @type {Writer} */
export function dvcText(chain) {
  const stages = upTo(chain.count).map((stage) => {
    const [from, to] = [fileBefore(chain, stage), fileOf(chain, stage)];
    return `  ${nameOf(chain, stage)}:
    cmd: '${commandOf(chain, stage, from, to)}'
    deps: [${from}]
    outs: [${to}]
`;
  });
  return `stages:\n${stages.join('')}`;
}

/** @type {Writer} */
export function snakemakeText(chain) {
  const rules = upTo(chain.count).map(
    (stage) => `
rule ${nameOf(chain, stage)}:
    input: '${fileBefore(chain, stage)}'
    output: '${fileOf(chain, stage)}'
    shell: '${commandOf(chain, stage, '{input}', '{output}')}'
`,
  );
  return `rule all:\n    input: '${fileOf(chain, chain.count)}'\n${rules.join('')}`;
}

/** @param {Chain} chain @param {number} stage */
const fileBefore = (chain, stage) => (stage === 1 ? seedFile : fileOf(chain, stage - 1));
