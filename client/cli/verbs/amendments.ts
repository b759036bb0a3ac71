import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { OnboardingPage } from '../../views.ts';
import { findRef } from '../onboarding-ref.ts';
import { addVerb, reasonOf } from '../verb.ts';
import { amendmentInWords } from '../words.ts';

/** `confirm-amendment`, `withdraw-amendment`: what a second person does about a proposed amendment (control C2). */
export function amendmentVerbs(program: Command): void {
  const verb = (name: string, description: string, done: string): void => {
    addVerb<{ reason?: string; manifest?: string }>(
      program,
      `${name} <onboarding>`,
      description,
      async ({ out, api }, [given], options) => {
        const reason = reasonOf(options, name);
        const ref = await findRef(api(), given);
        const { proposal } = await api().get<OnboardingPage>(ref.path);
        const manifest = options.manifest ?? proposal?.manifest;
        if (manifest === undefined)
          throw new SlipwayError('command/not-now', `no amendment of ${ref.name} waits`);
        const answer = await api().post<object>(`${ref.path}/${name}`, { manifest, reason });
        const said = proposal === null ? [] : amendmentInWords(proposal);
        out.result(answer, () => [`${ref.name}: ${done}`, ...said].join('\n'));
      },
    )
      .option('--manifest <hash>', 'the proposed manifest you looked at (default: the one shown)')
      .option('--reason <text>', 'why');
  };
  verb(
    'confirm-amendment',
    'carry out the amendment that another person proposed',
    'the amendment is confirmed and carried out',
  );
  verb(
    'withdraw-amendment',
    'let go of the amendment that waits for a second person',
    'the amendment is withdrawn',
  );
}
