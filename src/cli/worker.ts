import { serveStage } from '../execute/worker-main.js';
import { registry } from '../stages/registry.js';

await serveStage(registry);
