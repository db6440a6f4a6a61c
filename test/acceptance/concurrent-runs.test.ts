import { testRunsAtOnce } from '../cli/concurrent-runs.js';

testRunsAtOnce(8);
