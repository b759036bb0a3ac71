import type { StepId } from '../domain/step-catalogue.ts';
import { assessTheQuality } from './assess.ts';
import { recordBaseline } from './baseline.ts';
import { closeOnboarding } from './close.ts';
import { connectToSource } from './connect.ts';
import { planTheCutover } from './cutover-plan.ts';
import { awaitWindow, checkWindow } from './cutover-window.ts';
import { loadTheDelta } from './delta.ts';
import { checkTheFirstRun } from './first-run.ts';
import { freezeTheSource } from './freeze.ts';
import { decideGate } from './gate.ts';
import { watchThroughHypercare } from './hypercare.ts';
import { takeInFiles } from './intake.ts';
import { findKeysOfSource } from './keys.ts';
import {
  askForConfirmation,
  checkTheMapping,
  compileTheMapping,
  measureTheCoverage,
} from './mapping.ts';
import { awaitResults, comparePeriod } from './parallel-run-results.ts';
import { askForTolerances } from './parallel-run-tolerances.ts';
import { explainPeriod, judgePeriod } from './parallel-run-verdict.ts';
import { checkThePlatform, prepareThePlatform } from './preflight.ts';
import { profileSource } from './profile.ts';
import { disposeOfTheQuarantine } from './quarantine.ts';
import { generateReadiness } from './readiness.ts';
import { reconcileTheDataset } from './reconcile.ts';
import { rehearseThePart } from './rehearse.ts';
import { simulateTheMapping } from './simulate.ts';
import { smokeThePlatform } from './smoke.ts';
import type { StepBody } from './step-activity.ts';
import { suggestTheMapping } from './suggest.ts';
import { switchTheDepartment } from './switch.ts';
import { proveTheTotals } from './totals.ts';
import { transferDataset } from './transfer.ts';
import { undoStep } from './undo.ts';

/** What each step of the catalogue does. */
export const STEP_BODIES: Record<StepId, StepBody> = {
  'discovery/connect': connectToSource,
  'discovery/intake': takeInFiles,
  'discovery/profile': profileSource,
  'discovery/keys': findKeysOfSource,
  'discovery/assess': assessTheQuality,
  'discovery/baseline': recordBaseline,
  'discovery/gate': decideGate,
  'mapping/suggest': suggestTheMapping,
  'mapping/check': checkTheMapping,
  'mapping/coverage': measureTheCoverage,
  'mapping/compile': compileTheMapping,
  'mapping/simulate': simulateTheMapping,
  'mapping/confirm': askForConfirmation,
  'mapping/gate': decideGate,
  'migration/preflight': checkThePlatform,
  'migration/prepare': prepareThePlatform,
  'migration/transfer': transferDataset,
  'migration/quarantine': disposeOfTheQuarantine,
  'migration/reconcile': reconcileTheDataset,
  'migration/gate': decideGate,
  'parallel-run/tolerances': askForTolerances,
  'parallel-run/await': awaitResults,
  'parallel-run/compare': comparePeriod,
  'parallel-run/explain': explainPeriod,
  'parallel-run/verdict': judgePeriod,
  'parallel-run/gate': decideGate,
  'cutover/rehearse': rehearseThePart,
  'cutover/plan': planTheCutover,
  'cutover/readiness': generateReadiness,
  'cutover/window': checkWindow,
  'cutover/gate': decideGate,
  'cutover/wait': awaitWindow,
  'cutover/freeze': freezeTheSource,
  'cutover/delta': loadTheDelta,
  'cutover/reconcile': reconcileTheDataset,
  'cutover/totals': proveTheTotals,
  'cutover/first-run': checkTheFirstRun,
  'cutover/switch': switchTheDepartment,
  'cutover/smoke': smokeThePlatform,
  'cutover/no-return': decideGate,
  'cutover/hypercare': watchThroughHypercare,
  'cutover/exit': decideGate,
  'cutover/close': closeOnboarding,
  'cutover/undo': undoStep,
};
