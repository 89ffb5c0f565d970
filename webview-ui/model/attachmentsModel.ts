// What is attached in the composer: pasted, dropped or picked here, kept by whoever serves the panel.
import { signal } from '@preact/signals';
import type { PanelAttachment } from '../../src/protocol/local/panel.ts';
import { LIMITS } from '../../src/protocol/limits.ts';
import { toBase64Url } from '../../src/base/bytes.ts';
import type { UiPort } from '../port.ts';
import type { Translate } from '../strings.ts';
import { formatBytes } from '../text/format.ts';
import { type PictureProblem, type ReadyPicture, readyPicture } from '../text/scalePicture.ts';

/** What AttachmentsModel needs. */
export interface AttachmentsOptions {
  readonly port: UiPort;
  readonly t: Translate;
}

/** A file that is being read and made smaller. */
export interface ReadingFile {
  readonly id: string;
  readonly name: string;
}

/** The attachments of this window. */
export class AttachmentsModel {
  readonly items = signal<readonly PanelAttachment[]>([]);
  readonly reading = signal<readonly ReadingFile[]>([]);
  /** Why something was not attached, newest last. */
  readonly problems = signal<readonly string[]>([]);
  private readonly options: AttachmentsOptions;

  constructor(options: AttachmentsOptions) {
    this.options = options;
  }

  /** Whether something is to be sent. */
  readonly hasItems = (): boolean => this.items.value.length > 0;

  /** Replaces all of them. */
  show(items: readonly PanelAttachment[]): void {
    this.items.value = items;
  }

  /** Whether there is something to be sent, or about to be. */
  get isEmpty(): boolean {
    return this.items.value.length + this.reading.value.length === 0;
  }

  /** Attaches files, each by itself: one that cannot be taken keeps none of the others out. */
  async add(files: readonly File[]): Promise<void> {
    this.problems.value = [];
    await Promise.all(files.map((file) => this.addOne(file)));
  }

  remove(id: string): void {
    this.items.value = this.items.value.filter((one) => one.id !== id);
    this.options.port.post({ type: 'detach', id });
  }

  dismissProblems(): void {
    this.problems.value = [];
  }

  private async addOne(file: File): Promise<void> {
    const { t, port } = this.options;
    const name = file.name || t('Picture');
    const sum = this.items.value.reduce((bytes, one) => bytes + one.bytes, file.size);
    if (sum > LIMITS.attachedBytes) {
      const max = formatBytes(LIMITS.attachedBytes);
      return this.complain(
        t('{0} has {1}: {2} go with one prompt.', name, formatBytes(file.size), max),
      );
    }
    const id = crypto.randomUUID();
    this.reading.value = [...this.reading.value, { id, name }];
    try {
      const isPicture = file.type.startsWith('image/') && file.type !== 'image/svg+xml';
      const picture = isPicture ? await readyPicture(file) : undefined;
      if (typeof picture === 'string') return this.complain(this.problemOf(picture, name));
      const bytes = picture?.bytes ?? new Uint8Array(await file.arrayBuffer());
      if (bytes.length === 0) return this.complain(t('{0} is empty: it was not attached.', name));
      const base64 = toBase64Url(bytes);
      if (!picture) return port.post({ type: 'attach', id, use: 'file', name, base64 });
      const note = this.noteOf(picture);
      const shown = { thumb: picture.thumb, ...(note === undefined ? {} : { note }) };
      return port.post({ type: 'attach', id, use: 'picture', name, base64, ...shown });
    } catch {
      return this.complain(t('{0} could not be read: it was not attached.', name));
    } finally {
      this.reading.value = this.reading.value.filter((one) => one.id !== id);
    }
  }

  private noteOf({ before, width, height, bytes, wasAnimated }: ReadyPicture): string | undefined {
    const { t } = this.options;
    if (wasAnimated) return t('It moves: only its first picture is sent.');
    if (!before) return undefined;
    const [from, to] = [formatBytes(before.bytes), formatBytes(bytes.length)];
    if (before.width === width) return t('Made smaller: {0} instead of {1}', to, from);
    return t(
      'Made smaller: {0} × {1} ({2}) instead of {3} × {4} ({5})',
      ...[width, height, to, before.width, before.height, from],
    );
  }

  private problemOf(problem: PictureProblem, name: string): string {
    const { t } = this.options;
    return problem === 'no-picture'
      ? t('{0} is no picture that can be read: it was not attached.', name)
      : t('{0} has too many pixels: it was not attached.', name);
  }

  private complain(problem: string): void {
    this.problems.value = [...this.problems.value.slice(-3), problem];
  }
}
