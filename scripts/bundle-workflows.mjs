// Bundles the compiled workflows for the worker: `node bundle-workflows.mjs DIST TARGET`.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

const [dist, target] = process.argv.slice(2);
const interceptors = join(dist, 'workflows', 'interceptors.js');
const { code } = await bundleWorkflowCode({
  workflowsPath: join(dist, 'workflows', 'index.js'),
  workflowInterceptorModules: existsSync(interceptors) ? [interceptors] : [],
});
writeFileSync(target, code);
