// Certificate and key of a relay that does TLS itself: read, checked, and taken anew when the files change.
import { verbatim } from '../base/say.ts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { errorText, type Logger } from '../base/log.ts';
import { badTlsFiles } from './errors.ts';

/** PEM texts. */
export interface TlsPair {
  /** The certificate, then those that vouch for it. */
  readonly cert: string;
  readonly key: string;
}

/** Paths of PEM files; links are followed at every look. */
export interface TlsPaths {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What is needed to follow the files. */
export interface TlsFilesOptions extends TlsPaths {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The files are read this often: whoever renews them may write in place, rename, or swap a link of a
 * folder above (certbot, Kubernetes), and no watch sees all of these.
 */
const LOOK_MS = 2000;
/** Before its end a certificate is warned of for so long … */
const SOON_MS = 7 * 24 * 3_600_000;
/** … once in this time. */
const REMIND_MS = 24 * 3_600_000;

/** The pair that is used, and whether there is a better one. */
export class TlsFiles implements Disposable {
  private readonly options: TlsFilesOptions;
  private readonly disposables = new DisposableStore();
  private used: TlsPair;
  /** What was found the last time, if it cannot be used. */
  private refused: string | undefined;
  private complained: string | undefined;
  private remindedAt = -Infinity;

  private constructor(options: TlsFilesOptions, used: TlsPair) {
    this.options = options;
    this.used = used;
  }

  /** Reads the pair; throws AppError 'invalid-input' if it cannot be used. */
  static open(options: TlsFilesOptions): TlsFiles {
    const { certFile, keyFile, log } = options;
    let pair: TlsPair;
    try {
      pair = readPair(options);
      checkPair(pair);
    } catch (error) {
      throw badTlsFiles(certFile, keyFile, verbatim(errorText(error)), error);
    }
    warnIfReadable(keyFile, 'the TLS key', log);
    const files = new TlsFiles(options, pair);
    files.remind();
    return files;
  }

  /** The pair to use now. */
  get pair(): TlsPair {
    return this.used;
  }

  /** Calls `use` with each new pair until this is disposed. */
  follow(use: (pair: TlsPair) => void): void {
    this.disposables.add(this.options.clock.every(LOOK_MS, () => this.look(use)));
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private look(use: (pair: TlsPair) => void): void {
    const { certFile, keyFile, log } = this.options;
    this.remind();
    let found = 'nothing';
    try {
      const pair = readPair(this.options);
      if (pair.cert === this.used.cert && pair.key === this.used.key) {
        this.refused = undefined;
        this.complained = undefined;
        return;
      }
      found = pair.cert + pair.key;
      checkPair(pair);
      use(pair);
      this.used = pair;
      this.refused = undefined;
      this.complained = undefined;
      this.remindedAt = -Infinity;
      log.info('a new certificate is used', { until: certificateOf(pair).validTo });
      warnIfReadable(keyFile, 'the TLS key', log);
      this.remind();
    } catch (error) {
      this.refuse(found, `${certFile}, ${keyFile}: ${errorText(error)}`);
    }
  }

  /** One that is just being written is another one at the next look: only one that stays is told, once. */
  private refuse(found: string, reason: string): void {
    const stays = this.refused === found;
    this.refused = found;
    if (!stays || this.complained === found) return;
    this.complained = found;
    this.options.log.error('certificate and key cannot be used: the old ones are kept', { reason });
  }

  private remind(): void {
    const { clock, log } = this.options;
    const now = clock.now();
    if (now - this.remindedAt < REMIND_MS) return;
    const { validFrom, validTo } = certificateOf(this.used);
    const left = Date.parse(validTo) - now;
    if (Date.parse(validFrom) > now) log.warn('the certificate is not valid yet', { validFrom });
    else if (left <= 0) log.warn('the certificate has expired', { validTo });
    else if (left <= SOON_MS) log.warn('the certificate expires soon', { validTo });
    else return;
    this.remindedAt = now;
  }
}

/** Warns if a file with a secret can be read or written by every user of this computer. On Windows no mode says so. */
export function warnIfReadable(file: string, what: string, log: Logger): void {
  if (process.platform === 'win32') return;
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o006) === 0) return;
  log.warn(`every user of this computer can read or change ${what}: chmod 600 prevents that`, {
    file,
    mode: (mode & 0o777).toString(8),
  });
}

function readPair({ certFile, keyFile }: TlsPaths): TlsPair {
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function certificateOf(pair: TlsPair): X509Certificate {
  return new X509Certificate(pair.cert);
}

/** Throws with the reason. */
function checkPair(pair: TlsPair): void {
  const certificate = certificateOf(pair);
  const key = createPrivateKey(pair.key);
  if (!certificate.checkPrivateKey(key)) throw new Error('the key is not that of the certificate');
  // What else TLS would refuse, for example among those that vouch for it.
  createSecureContext(pair);
}
