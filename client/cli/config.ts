/** What the command line is told by its environment. */
export interface CliConfig {
  /** `SLIPWAY_URL`: address of the API. */
  readonly url: string | undefined;
  /** `SLIPWAY_TOKEN`: token to sign in with. */
  readonly token: string | undefined;
  /** Colours are not wanted (`NO_COLOR`) or cannot be shown. */
  readonly plain: boolean;
}

export function loadCliConfig(environment: NodeJS.ProcessEnv = process.env): CliConfig {
  const given = (name: string): string | undefined => environment[name] || undefined;
  return {
    url: given('SLIPWAY_URL'),
    token: given('SLIPWAY_TOKEN'),
    plain: given('NO_COLOR') !== undefined || environment['TERM'] === 'dumb',
  };
}
