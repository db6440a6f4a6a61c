import { testRunsAtOnce } from './concurrent-runs.js';

// Twice as many in the acceptance tests.
testRunsAtOnce(4);
