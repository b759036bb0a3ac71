import type { Command } from 'commander';
import { SlipwayError } from '../../../domain/errors.ts';
import type { TokenView } from '../../views.ts';
import { addVerb, withCommonOptions } from '../verb.ts';
import { moment } from '../words.ts';

/** `token create`, `list` and `revoke`. */
export function tokenVerbs(program: Command): void {
  const token = withCommonOptions(program.command('token').description('your tokens'));

  addVerb<{ label: string; days?: string }>(
    token,
    'create',
    'make a token for yourself; its secret is shown once',
    async ({ out, api }, _args, { label, days = '90' }) => {
      const expiresInDays = Number(days);
      if (!Number.isInteger(expiresInDays))
        throw new SlipwayError('request/invalid', `--days is not a whole number: ${days}`);
      const answer = await api().post<{ id: string; secret: string; expiresAt: string }>(
        '/tokens',
        { label, expiresInDays },
      );
      if (!out.json) out.note(`Token ${answer.id} is valid until ${moment(answer.expiresAt)}:`);
      out.result(answer, () => answer.secret);
    },
  )
    .requiredOption('--label <text>', 'what it is for')
    .option('--days <number>', 'how long it is valid (default: 90)');

  addVerb(token, 'list', 'the tokens you have', async ({ out, api }) => {
    const answer = await api().get<{ tokens: TokenView[] }>('/tokens');
    out.result(answer, () =>
      out.table(
        ['ID', 'LABEL', 'CREATED', 'EXPIRES', 'REVOKED'],
        answer.tokens.map((each) => [
          each.id,
          each.label,
          moment(each.createdAt),
          each.expiresAt === null ? 'never' : moment(each.expiresAt),
          moment(each.revokedAt),
        ]),
      ),
    );
  });

  addVerb(token, 'revoke <id>', 'make a token worthless', async ({ out, api }, [id = '']) => {
    const answer = await api().delete<object>(`/tokens/${encodeURIComponent(id)}`);
    out.result(answer, () => `${id} is revoked`);
  });
}
