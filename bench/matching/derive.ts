import { type LabelledPair, pairName } from './measure.ts';
import {
  HELD_OUT_NAME_NOISES,
  HELD_OUT_VALUE_NOISES,
  NAME_NOISES,
  type NameNoise,
  VALUE_NOISES,
  type ValueNoise,
} from './noise.ts';
import { type Random, randomOf } from './random.ts';
import { matchTable, type RawTable } from './raw-table.ts';

/** How two halves of a table relate. Columns and rows: the share that both halves have. */
interface Cut {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
}

const CUTS: readonly Cut[] = [
  { name: 'unionable', columns: 1, rows: 0.5 },
  { name: 'view-unionable', columns: 0.5, rows: 0 },
  { name: 'joinable', columns: 0.5, rows: 0.5 },
  { name: 'joinable-little', columns: 0.3, rows: 1 },
];

const SAME_NAMES: NameNoise = (name) => name;
const SAME_VALUES: ValueNoise = (values) => [...values];

/** The noises that pairs are made with; `held-out` ones were not looked at while the matcher was made. */
function noisesOf(set: 'tuned' | 'held-out'): {
  names: Readonly<Record<string, NameNoise>>;
  values: Readonly<Record<string, ValueNoise>>;
} {
  return set === 'tuned'
    ? {
        names: { same: SAME_NAMES, ...NAME_NOISES },
        values: { same: SAME_VALUES, ...VALUE_NOISES },
      }
    : { names: HELD_OUT_NAME_NOISES, values: { same: SAME_VALUES, ...HELD_OUT_VALUE_NOISES } };
}

/**
 * Pairs in the manner of Valentine: a table is cut into two that share some columns and some rows, and one of them gets other names
 * and other values. What has been cut off has no match.
 */
export function derivedPairs(
  table: RawTable,
  set: 'tuned' | 'held-out',
  withValues: boolean,
): LabelledPair[] {
  const { names, values } = noisesOf(set);
  const pairs: LabelledPair[] = [];
  for (const cut of CUTS)
    for (const [nameKind, nameNoise] of Object.entries(names))
      for (const [valueKind, valueNoise] of Object.entries(
        withValues ? values : { same: SAME_VALUES },
      )) {
        const name = `${table.name} ${cut.name} names-${nameKind} values-${valueKind}`;
        const random = randomOf(`${set} ${name}`);
        pairs.push({
          name,
          group: `${set} ${cut.name}`,
          ...halves(table, cut, { nameNoise, valueNoise }, random, withValues),
          acceptable: new Set(),
          cardinality: 'one-to-one',
        });
      }
  return pairs;
}

function halves(
  table: RawTable,
  cut: Cut,
  { nameNoise, valueNoise }: { nameNoise: NameNoise; valueNoise: ValueNoise },
  random: Random,
  withValues: boolean,
): Pick<LabelledPair, 'source' | 'target' | 'right'> {
  const shuffled = random.shuffled([...table.columns.keys()]);
  const shared = shuffled.slice(0, Math.max(1, Math.round(cut.columns * shuffled.length)));
  const rest = shuffled.slice(shared.length);
  const left = [...shared, ...rest.filter((_, i) => i % 2 === 0)].toSorted((a, b) => a - b);
  const right = random.shuffled([...shared, ...rest.filter((_, i) => i % 2 === 1)]);
  const rows = random.shuffled(table.rows).slice(0, 2000);
  const common = Math.round((cut.rows * rows.length) / (2 - cut.rows));
  const own = Math.floor((rows.length - common) / 2);
  const rowsLeft = [...rows.slice(0, common), ...rows.slice(common, common + own)];
  const rowsRight = [...rows.slice(0, common), ...rows.slice(common + own)];
  const taken = new Set<string>();
  const renamed = right.map((index) => {
    const name = nameNoise(table.columns[index] ?? '', table.name, random);
    const unique = taken.has(name) ? `${name}_${index}` : name;
    taken.add(unique);
    return unique;
  });
  const columnsRight = right.map((index) =>
    valueNoise(
      rowsRight.map((row) => row[index] ?? null),
      random,
    ),
  );
  const source = {
    name: table.name,
    columns: left.map((index) => table.columns[index] ?? ''),
    rows: rowsLeft.map((row) => left.map((index) => row[index] ?? null)),
  };
  const target = {
    name: `${table.name}_2`,
    columns: renamed,
    rows: rowsRight.map((_, at) => columnsRight.map((column) => column[at] ?? null)),
  };
  const labels = right.flatMap((index, at) =>
    shared.includes(index)
      ? [
          pairName(
            { table: source.name, column: table.columns[index] ?? '' },
            { table: target.name, column: renamed[at] ?? '' },
          ),
        ]
      : [],
  );
  return {
    source: [matchTable(source, withValues)],
    target: [matchTable(target, withValues)],
    right: new Set(labels),
  };
}
