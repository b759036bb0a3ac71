import { CAST, examplesOf, type OperatorExample } from './example.ts';

const day = (value: string) => ({ value, type: 'date' });
const ZONE = 'Europe/London';
const local = (repeated?: 'earlier' | 'later') => ({
  timestamp: { of: 'at', format: 'DD/MM/YYYY HH24:MI', zone: ZONE, repeated },
});

/** Examples of the operators on dates and times. Points in time are shown in UTC. */
export const DATE_EXAMPLES: readonly OperatorExample[] = [
  ...examplesOf(
    'date',
    [{ date: { of: 'start', format: 'DD/MM/YYYY' } }, { start: '29/02/2020' }, '2020-02-29'],
    [{ date: { of: 'start', format: 'DD/MM/YYYY' } }, { start: '31/02/2020' }, CAST],
    [{ date: { of: 'start', format: 'FMDD/FMMM/YYYY' } }, { start: '5/1/2020' }, '2020-01-05'],
    [{ date: { of: 'start', format: 'DD-Mon-YYYY' } }, { start: '05-JAN-2020' }, '2020-01-05'],
    [{ date: { of: 'born', format: 'DD/MM/YY', pivot: 30 } }, { born: '01/02/29' }, '2029-02-01'],
    [{ date: { of: 'born', format: 'DD/MM/YY', pivot: 30 } }, { born: '01/02/30' }, '1930-02-01'],
    [{ date: { of: 'start', format: 'excel' } }, { start: '43831' }, '2020-01-01'],
    [{ date: { of: 'start', format: 'excel' } }, { start: '60' }, CAST],
  ),
  ...examplesOf(
    'timestamp',
    [
      { timestamp: { of: 'at', format: 'YYYY-MM-DD HH24:MI:SS' } },
      { at: '2020-01-05 23:59:59' },
      '2020-01-05 23:59:59',
    ],
    [
      { timestamp: { of: 'at', format: 'YYYY-MM-DD"T"HH24:MI:SS.USTZ' } },
      { at: '2020-01-05T10:00:00.25+01:00' },
      '2020-01-05 09:00:00.25+00',
    ],
    [
      { timestamp: { of: 'at', format: 'DD/MM/YYYY FMHH12:MI AM' } },
      { at: '05/01/2020 12:30 am' },
      '2020-01-05 00:30:00',
    ],
    [{ timestamp: { of: 'at', format: 'excel' } }, { at: '43831.75' }, '2020-01-01 18:00:00'],
    [local(), { at: '01/07/2020 12:00' }, '2020-07-01 11:00:00+00'],
    [local(), { at: '29/03/2020 01:30' }, CAST],
    [local(), { at: '25/10/2020 01:30' }, CAST],
    [local('earlier'), { at: '25/10/2020 01:30' }, '2020-10-25 00:30:00+00'],
    [local('later'), { at: '25/10/2020 01:30' }, '2020-10-25 01:30:00+00'],
  ),
  ...examplesOf('inZone', [
    { inZone: { of: 'at', zone: ZONE } },
    { at: { value: '2020-07-01 11:00:00+00', type: 'timestamp with time zone' } },
    '2020-07-01 12:00:00',
  ]),
  ...examplesOf('day', [
    { day: 'at' },
    { at: { value: '2020-01-05 23:59:59', type: 'timestamp without time zone' } },
    '2020-01-05',
  ]),
  ...examplesOf(
    'shift',
    [{ shift: { of: 'next_start', days: -1 } }, { next_start: day('2020-03-01') }, '2020-02-29'],
    [{ shift: { of: 'start', months: 1 } }, { start: day('2021-01-31') }, '2021-02-28'],
    [{ shift: { of: 'born', years: 18 } }, { born: day('2004-02-29') }, '2022-02-28'],
  ),
  ...examplesOf('monthEnd', [
    { monthEnd: 'paid_on' },
    { paid_on: day('2020-02-10') },
    '2020-02-29',
  ]),
];
