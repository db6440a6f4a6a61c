import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { curveLabels } from '../../src/metrics/curve-labels.js';
import {
  classifierLabel,
  curveLabel,
  evaluationLabel,
  evaluationLabels,
  trainingLabel,
} from '../../src/metrics/labels.js';
import { classifierLabels, trainingLabels } from '../../src/metrics/training-labels.js';
import { RunningMoments } from '../../src/metrics/moments.js';
import { metricsOf } from '../../src/spec/stage-metrics.js';
import { measure } from '../../src/stages/measure.js';
import { measureText } from '../../src/stages/measure-text.js';
import { onlyOnce } from '../../src/stages/once.js';
import { everyObjective } from '../tensor/support.js';
import { objectiveOf } from '../../src/tensor/objectives.js';

const document = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

describe('labels', () => {
  it('know every value that an evaluate stage reports', () => {
    const metrics = {
      distance: { type: 'sliced_wasserstein', projections: 1 },
      exact: { type: 'exact_wasserstein', order: 1 },
      formula: { type: 'analytic_distances' },
      max: { type: 'max_sliced_wasserstein', projections: 1, steps: 1 },
      sinkhorn: { type: 'sinkhorn_divergence', order: 1, epsilon: 1 },
      energy: { type: 'energy_distance' },
      mmd: { type: 'mmd', space: 'samples', kernel: 'multiscale' },
      told: { type: 'nearest_neighbour_test', space: 'samples' },
      copied: { type: 'nearest_neighbour', space: 'samples', against: 'ring.train' },
      pr: { type: 'precision_recall', space: 'samples', neighbours: 1 },
      dc: { type: 'density_coverage', space: 'samples', neighbours: 1 },
      coverage: { type: 'modes_covered' },
      fid: { type: 'fid' },
      kid: { type: 'kid', subsets: 2 },
      score: { type: 'inception_score', splits: 1 },
      right: { type: 'conditional_accuracy' },
    } as const;
    const samples = { count: 4, dimensions: 1, values: Float32Array.of(0, 1, 0, 1) };
    const moments = new RunningMoments(1);
    moments.add(samples.values);
    const distribution = { type: 'line', theta: 0 } as const;
    const labels = new Int32Array(4);
    const set = { distribution, samples, features: samples, probabilities: samples, moments, labels };
    const values = measure(
      metrics,
      set,
      {
        ...set,
        shape: [1],
        mixture: { centres: [[0]], std: 1 },
        against: new Map([['copied', set]]),
      },
      onlyOnce(),
    );
    expect(Object.keys(values)).toEqual(metricsOf({ type: 'evaluate', metrics }));
    const ofImages = {
      spectrum: { type: 'spectrum_distance' },
      alike: { type: 'ms_ssim', pairs: 1 },
    } as const;
    const images = { count: 2, dimensions: 144, values: Float32Array.from({ length: 288 }, (_, k) => k % 5) };
    const imageValues = measure(
      ofImages,
      { samples: images },
      { samples: images, shape: [12, 12, 1], mixture: undefined, against: new Map() },
      onlyOnce(),
    );
    expect(Object.keys(imageValues)).toEqual(metricsOf({ type: 'evaluate', metrics: ofImages }));
    const ofText = { js: { type: 'ngram_js', n: 1 } } as const;
    const sequences = { count: 2, length: 1, tokens: Int32Array.of(0, 1) };
    const textValues = measureText(ofText, sequences, { sequences, against: new Map() }, onlyOnce());
    expect(Object.keys(textValues)).toEqual(metricsOf({ type: 'evaluate', metrics: ofText }));
    const titles = [
      ...Object.keys(values).map((name) => evaluationLabel(name, metrics)?.title),
      ...Object.keys(imageValues).map((name) => evaluationLabel(name, ofImages)?.title),
      ...Object.keys(textValues).map((name) => evaluationLabel(name, ofText)?.title),
    ];
    expect(titles).toEqual(Object.values(evaluationLabels).map(({ title }) => title));
    expect(evaluationLabel('distance.other', metrics)).toBeUndefined();
    expect(evaluationLabel('toString', metrics)).toBeUndefined();
  });

  it('know every estimate that an objective gives', () => {
    for (const objective of everyObjective) {
      expect(trainingLabel(objectiveOf(objective).estimate.name), JSON.stringify(objective)).toBeDefined();
      const stage = { type: 'train', objective } as const;
      expect(metricsOf(stage)).toContain(objectiveOf(objective).estimate.name);
    }
    expect(trainingLabel('toString')).toBeUndefined();
  });

  it('know every value of a classifier', () => {
    const values = metricsOf({ type: 'classifier', test: 'ring.test' }) ?? [];
    expect(values.map((name) => classifierLabel(name)?.title)).toEqual(
      Object.values(classifierLabels).map(({ title }) => title),
    );
    expect(classifierLabel('toString')).toBeUndefined();
  });

  it('know every value of curves', () => {
    const start = { generator_steps: 0 };
    const of = 'train.critic_loss';
    const level = { at_most: 1 };
    const metrics = {
      tells: { type: 'rank_correlation', of, estimate: of, start },
      slope: { type: 'convergence_slope', of, scale: 'log', start },
      time: { type: 'time_to_level', of, level, start },
      share: { type: 'share_of_steps', of, level, start },
    } as const;
    const values = metricsOf({ type: 'curves', metrics }) ?? [];
    expect(values.map((name) => curveLabel(name, metrics)?.title)).toEqual(
      Object.values(curveLabels).map(({ title }) => title),
    );
    expect(curveLabel('tells', metrics)).toBeUndefined();
  });

  it('have a heading each in docs/metrics.md', () => {
    const headings = [...document.matchAll(/^### (`.+`)$/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(headings.sort()).toEqual(
      [trainingLabels, classifierLabels, curveLabels, evaluationLabels]
        .flatMap((labels) => Object.keys(labels))
        .sort(),
    );
  });
});
