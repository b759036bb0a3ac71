import { openPromise, type ZipFile, type Entry } from 'yauzl';
import { open } from 'node:fs/promises';
import { malformed, type SourceFile } from '../text-file.ts';
import { kindOfBuiltIn, kindOfCode, type NumberKind } from './number-format.ts';
import { parseWholeXml } from './xml.ts';

/** A sheet of cells; charts and macros are none. */
export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  /** Its part of the archive. */
  readonly part: string;
}

/** Text that many cells share is in memory while a sheet is read: this much of it is about 100 MB. */
const MAX_SHARED_CHARACTERS = 50_000_000;

/** An Excel workbook: a ZIP archive of XML documents, read as streams. */
export class Workbook {
  readonly file: SourceFile;
  readonly #zip: ZipFile;
  readonly #entries = new Map<string, Entry>();
  sheets: readonly Sheet[] = [];
  since1904 = false;
  #sharedStrings: string | undefined;
  #styles: string | undefined;

  private constructor(file: SourceFile, zip: ZipFile) {
    this.file = file;
    this.#zip = zip;
  }

  /** @throws SlipwayError `intake/malformed` when it is no workbook, or one with a password */
  static async open(file: SourceFile): Promise<Workbook> {
    await checkSignature(file);
    let zip: ZipFile;
    try {
      zip = await openPromise(file.path, { lazyEntries: true, autoClose: false });
    } catch (error) {
      throw malformed(file, 1, 'a broken workbook: its archive cannot be read', error);
    }
    const workbook = new Workbook(file, zip);
    try {
      await workbook.#readDirectory();
      await workbook.#readWorkbook();
      return workbook;
    } catch (error) {
      workbook.close();
      throw error;
    }
  }

  close(): void {
    this.#zip.close();
  }

  /**
   * The bytes of a part.
   * @throws SlipwayError `intake/malformed` when there is no such part
   */
  async *part(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name.toLowerCase());
    if (entry === undefined) {
      throw malformed(
        this.file,
        1,
        `no Excel workbook: ${name} is not in it (.xlsb and .ods are none)`,
      );
    }
    yield* (await this.#zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
  }

  /** @throws SlipwayError `intake/malformed` when there is too much of it to be in memory */
  async sharedStrings(): Promise<readonly string[]> {
    const strings: string[] = [];
    if (this.#sharedStrings === undefined) return strings;
    let characters = 0;
    let text = '';
    let inText = false;
    let phonetic = 0;
    await this.#parse(this.#sharedStrings, {
      open: (name) => {
        if (name === 'si') text = '';
        else if (name === 'rPh') phonetic += 1;
        else if (name === 't') inText = phonetic === 0;
      },
      text: (piece) => {
        if (inText) text += piece;
      },
      close: (name) => {
        if (name === 't') inText = false;
        else if (name === 'rPh') phonetic -= 1;
        else if (name === 'si') {
          strings.push(unescaped(text));
          characters += text.length;
          if (characters > MAX_SHARED_CHARACTERS) {
            const what = 'the workbook has too much text to be read as such: save the sheet as CSV';
            throw malformed(this.file, 1, what);
          }
        }
      },
    });
    return strings;
  }

  /** What numbers stand for, by the style of their cell. */
  async numberKinds(): Promise<readonly NumberKind[]> {
    const codes = new Map<number, NumberKind>();
    const kinds: NumberKind[] = [];
    if (this.#styles === undefined) return kinds;
    let inCellFormats = false;
    await this.#parse(this.#styles, {
      open: (name, attributes) => {
        const id = Number(attributes['numFmtId']);
        if (name === 'numFmt') codes.set(id, kindOfCode(attributes['formatCode'] ?? ''));
        else if (name === 'cellXfs') inCellFormats = true;
        else if (name === 'xf' && inCellFormats) kinds.push(codes.get(id) ?? kindOfBuiltIn(id));
      },
      close: (name) => {
        if (name === 'cellXfs') inCellFormats = false;
      },
    });
    return kinds;
  }

  async #readDirectory(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#zip.on('entry', (entry: Entry) => {
        this.#entries.set(entry.fileName.toLowerCase(), entry);
        this.#zip.readEntry();
      });
      this.#zip.once('end', resolve);
      this.#zip.once('error', (error: Error) =>
        reject(malformed(this.file, 1, 'a broken workbook: its archive cannot be read', error)),
      );
      this.#zip.readEntry();
    });
  }

  async #readWorkbook(): Promise<void> {
    const main = (await this.#relations('', '_rels/.rels')).find(({ type }) =>
      type.endsWith('/officeDocument'),
    );
    const part = main?.part ?? 'xl/workbook.xml';
    const folder = part.slice(0, part.lastIndexOf('/') + 1);
    const name = part.slice(folder.length);
    const relations = await this.#relations(folder, `${folder}_rels/${name}.rels`);
    const found: { name: string; hidden: boolean; id: string }[] = [];
    await this.#parse(part, {
      open: (element, attributes) => {
        if (element === 'workbookPr') {
          this.since1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
        } else if (element === 'sheet') {
          const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
          const hidden = (attributes['state'] ?? 'visible') !== 'visible';
          found.push({ name: attributes['name'] ?? '', hidden, id });
        }
      },
    });
    this.sheets = found.flatMap(({ id, ...sheet }) => {
      const relation = relations.find((each) => each.id === id && each.type.endsWith('/worksheet'));
      return relation === undefined ? [] : [{ ...sheet, part: relation.part }];
    });
    const partOf = (type: string): string | undefined =>
      relations.find((each) => each.type.endsWith(type))?.part;
    this.#sharedStrings = partOf('/sharedStrings');
    this.#styles = partOf('/styles');
  }

  async #relations(
    folder: string,
    part: string,
  ): Promise<{ id: string; type: string; part: string }[]> {
    const relations: { id: string; type: string; part: string }[] = [];
    await this.#parse(part, {
      open: (name, { Id = '', Type = '', Target = '' }) => {
        if (name !== 'Relationship') return;
        const target = Target.startsWith('/') ? Target.slice(1) : `${folder}${Target}`;
        relations.push({ id: Id, type: Type, part: target });
      },
    });
    return relations;
  }

  async #parse(part: string, handlers: Parameters<typeof parseWholeXml>[1]): Promise<void> {
    try {
      await parseWholeXml(this.part(part), handlers);
    } catch (error) {
      throw brokenPart(this.file, 1, error);
    }
  }
}

/** The error of a part that cannot be unpacked or parsed; our own errors as they are. */
export function brokenPart(file: SourceFile, line: number, error: unknown): unknown {
  const isOurs = (error as { code?: unknown }).code === 'intake/malformed';
  return isOurs
    ? error
    : malformed(file, line, 'a broken workbook: the sheet cannot be read from here', error);
}

/** `_x000D_` is how Excel writes what XML cannot hold. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

async function checkSignature(file: SourceFile): Promise<void> {
  const handle = await open(file.path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  await handle.close();
  const signature = buffer.subarray(0, bytesRead).toString('hex');
  if (signature === 'd0cf11e0') {
    throw malformed(
      file,
      1,
      'an old workbook (.xls), or one with a password: save it as .xlsx without',
    );
  }
  if (signature !== '504b0304') throw malformed(file, 1, 'no Excel workbook (.xlsx)');
}
