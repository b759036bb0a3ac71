/** Connection URLs of everything the data plane touches. They hold passwords: never log them, never put them in errors. */
export interface DataPlaneUrls {
  /** Database sources by their name in the manifest. File sources have none: they are read from `staging`. */
  readonly sources: Readonly<Record<string, string>>;
  /** Where file sources are taken in verbatim, and where result sets are compared. */
  readonly staging: string;
  /** The platform's database. */
  readonly target: string;
  /** A second database of the platform, for rehearsals; undefined where the installation has none. */
  readonly rehearsal?: string | undefined;
}
