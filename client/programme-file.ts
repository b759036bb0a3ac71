import { SlipwayError } from '../domain/errors.ts';
import { checkProgramme } from '../domain/programme.ts';
import { programmeShape } from '../domain/programme-shape.ts';
import type { ProgrammePlan } from '../domain/programme-shape.ts';
import { problemLine } from './manifest-file.ts';
import type { Problem } from './manifest-file.ts';
import { programmeJsonSchema } from './manifest/json-schema.ts';
import { ProblemTeller } from './manifest/problems.ts';
import { readYaml } from './manifest/yaml-source.ts';

/**
 * Reads the text of a programme plan and checks all of it.
 * @param fileName what the problems call the file
 * @throws SlipwayError `programme/invalid` with every problem, its line and its column in the details
 */
export function parseProgramme(text: string, fileName: string): ProgrammePlan {
  const source = readYaml(text);
  const teller = new ProblemTeller(source, fileName, programmeJsonSchema());
  const shape = programmeShape.safeParse(source.value);
  const problems: Problem[] = teller.ofSyntax();
  if (problems.length === 0) {
    problems.push(
      ...(shape.success
        ? checkProgramme(shape.data).map((problem) => teller.ofCheck(problem))
        : teller.ofIssues(shape.error.issues)),
    );
  }
  const [first] = problems;
  if (shape.success && first === undefined) return shape.data;
  const what = first === undefined ? fileName : problemLine(first);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new SlipwayError('programme/invalid', `${what}${more}`, { details: { problems } });
}
