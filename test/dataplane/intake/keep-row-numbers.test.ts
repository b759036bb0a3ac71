import { expect, test } from 'vitest';
import { intakeFolder } from '../support/intake-folder.ts';

const { staged, take, write } = intakeFolder();

test('a row that is there again keeps its number, whatever file and line it has come to', async () => {
  await write('a.csv', 'id,name\n1,Ann\n2,Bob\n3,Cy\n');
  await take(['a.csv'], { key: ['id'] });
  await write('b.csv', 'id,name\n0,New\n3,Cyril\n1,Ann\n');
  await take(['b.csv'], { key: ['id'] });
  expect(await staged('_row, _file, _line, id, name')).toEqual([
    ['1', 'b.csv', '4', '1', 'Ann'],
    ['3', 'b.csv', '3', '3', 'Cyril'],
    ['4', 'b.csv', '2', '0', 'New'],
  ]);
  // A number is never given to another row, also when the row that had the highest one is gone.
  await write('b.csv', 'id,name\n1,Ann\n');
  await take(['b.csv'], { key: ['id'] });
  await write('b.csv', 'id,name\n1,Ann\n9,Last\n');
  await take(['b.csv'], { key: ['id'] });
  expect(await staged('_row, id')).toEqual([
    ['1', '1'],
    ['5', '9'],
  ]);
});

test('without a key a row is the same when all of it is, and rows alike are told apart by their order', async () => {
  await write('a.csv', 'id,name\n1,Ann\n2,Bob\n2,Bob\n');
  await take(['a.csv']);
  await write('a.csv', 'id,name\n2,Bob\n1,Anna\n2,Bob\n2,Bob\n');
  await take(['a.csv']);
  expect(await staged('_row, _line')).toEqual([
    ['2', '2'],
    ['3', '4'],
    ['4', '3'],
    ['5', '5'],
  ]);
});
