/** A small manifest without pay, with one line changed by nobody: tests replace parts of its text. */
export function manifestText({
  programme = 'shared',
  department = 'ministry',
}: {
  programme?: string;
  department?: string;
} = {}): string {
  return `slipway: 1
programme: ${programme}
department:
  id: ${department}
  name: Ministry
  headcount: 12
# Whoever starts it cannot approve it.
people:
  - {id: dora, name: Dora, roles: [data-owner]}
  - {id: petra, name: Petra, roles: [payroll-lead]}
  - {id: fay, name: Fay, roles: [finance-lead]}
  - {id: olga, name: Olga, roles: [sro]}
  - {id: ann, name: Ann, roles: [assurance]}
  - {id: lee, name: Lee, roles: [programme-lead]}
  - {id: max, name: Max, roles: [migration-engineer]}
  - {id: vic, name: Vic, roles: [viewer]}

sources:
  files: {kind: files, files: {staff: {paths: [staff.csv]}}}
codeLists:
  grades:
    values: {"01": A}
datasets:
  - id: units
    target: hr.unit
    source: files
    from: staff
    fields:
      name: {trim: Name}
      grade: {lookup: {of: Grade, list: grades}}
    drop: {Town: not kept on the platform}

parallelRun: {notApplicable: no pay is in scope here}
cutover:
  window: {from: 2026-03-01T18:00:00Z, to: 2026-03-02T06:00:00Z}
policy: {}
baseline: {annualServiceCost: 1000}
`;
}
