import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../workflows/harness.ts';
import { HISTORIES } from './record.ts';

const files = readdirSync(HISTORIES).filter((file) => file.endsWith('.json.gz'));

function text(file: string): string {
  return gunzipSync(readFileSync(`${HISTORIES}/${file}`)).toString('utf8');
}

function read(file: string): unknown {
  return JSON.parse(text(file));
}

describe('workflows that are under way', () => {
  it('have histories of park, retry, rewind, roll-back and continue-as-new', () => {
    const names = new Set(files.map((file) => file.replace(/-\d+\.json\.gz$/, '')));
    expect([...names].toSorted()).toEqual(['journey', 'park-retry-rewind', 'roll-back-abort']);
    const all = files.map((file) => text(file)).join('');
    for (const type of [
      'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
      'EVENT_TYPE_ACTIVITY_TASK_FAILED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    ]) {
      expect(all).toContain(type);
    }
  });

  it.each(files)('replay on the present code: %s', async (file) => {
    await Worker.runReplayHistory(
      { workflowBundle: await workflowBundle() },
      historyFromJSON(read(file)),
    );
  });

  it('would be noticed if the code no longer fitted them', async () => {
    const history = historyFromJSON(read('journey-1.json.gz'));
    const scheduled = history.events?.find(
      (event) => event.activityTaskScheduledEventAttributes != null,
    );
    const activity = scheduled?.activityTaskScheduledEventAttributes?.activityType;
    if (activity == null) throw new Error('the journey schedules activities');
    activity.name = 'discovery/gate';
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history),
    ).rejects.toThrow(/[Nn]ondeterminis|TMPRL1100/);
  });
});
