import type { Control } from './control.ts';

/** C5: the readiness statement is generated. Its lines are made by `domain/readiness/statement.ts`. */
export const GENERATED_READINESS: Control = {
  id: 'C5',
  title: 'The readiness statement is generated from the record',
  wentWrong:
    'Ministers were told that the criteria of Novopay were met when they were not (coverage of the Novopay inquiry).',
  rule: 'Every line is measured from the record, with value, threshold, hash and time of its evidence; what is missing or has expired is red. Approvals are given by the named, signed-in person on the statement that is shown, with a quorum per role and nobody by proxy.',
  refuses: [
    'an approval by somebody the manifest does not name for the role',
    'an approval of a statement that has changed or rests on evidence that has expired',
    'a second approval by the same person',
    'an assessment by anybody but the named owner of the criterion',
  ],
  codes: [
    'access/not-permitted',
    'approval/stale-evidence',
    'approval/four-eyes',
    'approval/role-not-wanted',
  ],
  usedBy: ['cutover/readiness', 'cutover/gate', 'approveGate', 'assessCriterion'],
  evidence: ['readiness-statement', 'gate-statement'],
};
