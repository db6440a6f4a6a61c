import { expect, it } from 'vitest';

import type { Tree } from '../base-pipeline.js';
import { said } from './support.js';

const code = 'collector-varies';
const table = { type: 'compare', metrics: ['quality.swd'], across: ['arm'] };
const withArm = (changes: Tree, more: Tree = {}): Tree => ({
  ablation: { arms: { other: { 'stages.train.clip': 0.01, ...changes } } },
  stages: { table: { ...table, ...more } },
});

it('lets arms change what is collected, and other axes the collector', () => {
  expect(said(code, withArm({}))).toEqual([]);
  expect(said(code, withArm({ 'stages.table.desc': 'other words' }))).toEqual([]);
  expect(said(code, withArm({ 'stages.table.confidence': 0.9 }, { across: ['seed'] }))).toEqual([]);
});

it('refuses an arm that changes the table that it is a row of', () => {
  expect(said(code, withArm({ 'stages.table.confidence': 0.9 }))).toEqual([
    ['error', 'across', '`table` collects `arm`, and yet is another stage along it'],
  ]);
});
