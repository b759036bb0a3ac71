/** A legacy grade: its code, the platform's code for it, the range of its salaries in pounds. */
interface LegacyGrade {
  readonly code: string;
  readonly platform: string;
  readonly floor: number;
  readonly ceiling: number;
  /** Titles of its posts. */
  readonly titles: readonly string[];
}

/** The legacy grades from the lowest to the highest. Fabricated, shaped after a justice department's. */
export const GRADES: readonly LegacyGrade[] = [
  {
    code: 'A1',
    platform: 'AA',
    floor: 21_000,
    ceiling: 23_500,
    titles: ['Administrative Assistant', 'Post Room Assistant'],
  },
  {
    code: 'A2',
    platform: 'AO',
    floor: 23_000,
    ceiling: 26_500,
    titles: ['Administrative Officer', 'Case Administrator', 'Finance Assistant'],
  },
  {
    code: 'OSG',
    platform: 'PS-OSG',
    floor: 24_000,
    ceiling: 27_500,
    titles: ['Operational Support Grade'],
  },
  {
    code: 'E1',
    platform: 'EO',
    floor: 27_000,
    ceiling: 32_000,
    titles: ['Executive Officer', 'Team Leader', 'HR Adviser'],
  },
  {
    code: 'PO1',
    platform: 'PS-OFF',
    floor: 29_000,
    ceiling: 36_000,
    titles: ['Prison Officer', 'Reception Officer'],
  },
  {
    code: 'H1',
    platform: 'HEO',
    floor: 33_000,
    ceiling: 40_000,
    titles: ['Policy Adviser', 'Operations Manager', 'Business Analyst'],
  },
  { code: 'PSO', platform: 'PS-SO', floor: 36_000, ceiling: 42_000, titles: ['Senior Officer'] },
  {
    code: 'S1',
    platform: 'SEO',
    floor: 41_000,
    ceiling: 50_000,
    titles: ['Senior Policy Adviser', 'Delivery Manager', 'Finance Manager'],
  },
  {
    code: 'SPB7',
    platform: 'G7',
    floor: 54_000,
    ceiling: 66_000,
    titles: ['Head of Team', 'Senior Lawyer'],
  },
  {
    code: 'SPB6',
    platform: 'G6',
    floor: 67_000,
    ceiling: 80_000,
    titles: ['Deputy Head of Division'],
  },
  { code: 'D1', platform: 'SCS1', floor: 76_000, ceiling: 110_000, titles: ['Deputy Director'] },
  { code: 'D2', platform: 'SCS2', floor: 98_000, ceiling: 140_000, titles: ['Director'] },
];

/** Legacy grade code to the platform's. */
export const GRADE_CODES: Readonly<Record<string, string>> = Object.fromEntries(
  GRADES.map((grade) => [grade.code, grade.platform]),
);

/** Legacy profession code to the platform's name. */
export const PROFESSIONS: Readonly<Record<string, string>> = {
  OPD: 'Operational Delivery',
  POL: 'Policy',
  HRM: 'Human Resources',
  FIN: 'Finance',
  LAW: 'Law',
  ICT: 'Information Technology',
};

/** Legacy pay element code to the platform's element. */
export const PAY_ELEMENTS: Readonly<Record<string, string>> = {
  '0100': 'BASIC',
  '0110': 'LONDON',
  '0200': 'OVERTIME',
  '0210': 'SHIFT',
  '0300': 'ARREARS',
  '5000': 'PAYE',
  '5010': 'NI',
  '5020': 'PENSION',
  '5030': 'STUDENT-LOAN',
  '5100': 'UNION',
  '5200': 'COURT-ORDER',
  '7010': 'NI-EMPLOYER',
  '7020': 'PENSION-EMPLOYER',
  '9000': 'GROSS',
  '9010': 'TAXABLE',
  '9020': 'DEDUCTIONS',
  '9030': 'NET',
  '9040': 'EMPLOYER-COST',
};

/** The platform's element to the legacy code. */
export const LEGACY_ELEMENTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PAY_ELEMENTS).map(([legacy, platform]) => [platform, legacy]),
);

/** Legacy supplier status to the platform's. `D`, dormant, is not taken over and not in the list. */
export const SUPPLIER_STATUSES: Readonly<Record<string, string>> = { A: 'active', H: 'on-hold' };

/** Legacy student loan indicator to the platform's plan. `0`, none, is not in the list. */
export const STUDENT_LOAN_PLANS: Readonly<Record<string, string>> = {
  '1': '1',
  '2': '2',
  '4': '4',
  P: 'postgraduate',
};
