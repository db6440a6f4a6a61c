import { testLaw } from './support.js';

const outs = (...names: readonly string[]) => ({
  stages: { plot: { type: 'command', run: 'true', outs: names } },
});

testLaw('command-outs', {
  keeps: [outs('plot.png', 'tables/a.csv'), outs('..a'), outs('a..b')],
  breaks: [
    [outs('../plot.png'), '../plot.png'],
    [outs('a/../../b'), 'a/../../b'],
    [outs('/etc/passwd'), '/etc/passwd'],
    [outs('a//b'), 'a//b'],
    [outs('./a'), './a'],
    [outs('artifact.json'), 'artifact.json'],
    [outs('a', 'a'), 'a'],
  ],
});
