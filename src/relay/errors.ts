// Every message of the relay that a person can read.
import { say, type Words } from '../base/say.ts';
import { AppError } from '../base/errors.ts';
import { errorText } from '../base/log.ts';

/** The port is taken by another program. */
export function portBusy(port: number, cause: unknown): AppError {
  return new AppError(
    'port-busy',
    {
      happened: say`Port ${port} is in use by another program.`,
      remedy: say`Choose another with --port, or --port 0 for any free one.`,
    },
    { cause },
  );
}

/** The address to listen on is not one of this computer. */
export function cannotListen(host: string, cause: unknown): AppError {
  return new AppError(
    'invalid-input',
    {
      happened: say`The relay cannot listen on ${host}.`,
      remedy: say`Give an address of this computer with --host, for example 127.0.0.1 or 0.0.0.0.`,
    },
    { cause },
  );
}

/** Another relay has the data folder open. */
export function storeLocked(file: string, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: say`The relay's store ${file} is in use by another relay.`,
      remedy: say`End the other relay, or give this one its own folder with --data.`,
    },
    { cause },
  );
}

/** The store cannot be opened or read. */
export function storeDamaged(file: string, cause: unknown): AppError {
  return new AppError(
    'journal-damaged',
    {
      happened: say`The relay's store ${file} cannot be opened.`,
      kept: say`The file was left as it is.`,
      remedy: say`Move it away: hosts fill an empty relay again when they reconnect.`,
    },
    { cause },
  );
}

/** The store is as it was, but it cannot be written: the disk is full, or it may not be. */
export function storeUnusable(file: string, isFull: boolean, cause: unknown): AppError {
  return new AppError(
    'journal-locked',
    {
      happened: isFull
        ? say`The relay's store ${file} cannot be written: the disk is full.`
        : say`The relay's store ${file} cannot be opened or written: ${errorText(cause)}.`,
      kept: say`The file was left as it is.`,
      remedy: isFull
        ? say`Free space on that disk, then start again.`
        : say`Check that disk and who may write that folder, then start again.`,
    },
    { cause },
  );
}

/** The disk takes no claim. */
export function storeRefused(cause: unknown): AppError {
  return new AppError(
    'internal',
    {
      happened: say`The relay cannot write to its disk.`,
      kept: say`Until it ends it goes by what it was told.`,
      remedy: say`Free space on the computer of the relay, then try again.`,
    },
    { cause },
  );
}

/** This Node has no `node:sqlite`. */
export function runtimeLacksSqlite(): AppError {
  return new AppError('host-runtime', {
    happened: say`This Node (${process.version}) lacks node:sqlite.`,
    remedy: say`Install Node 22.13 or newer.`,
  });
}

/** A claim that is no claim: malformed, not signed by the room's key, or for another room. */
export function badClaim(reason: Words): AppError {
  return new AppError('relay-bad-request', {
    happened: say`The relay refused the claim: ${reason}.`,
    remedy: say`Check that both sides run the same version of Twinhelm.`,
  });
}

/** Another host process holds the room, or this claim is older than one the relay has. */
export function claimConflict(): AppError {
  return new AppError('relay-claim-conflict', {
    happened: say`The room is held by another host process, or by a newer claim of this one.`,
    remedy: say`Stop the other session host, or start this one again to take the room over.`,
  });
}

/** The relay wants an access key for claims and got none, or a wrong one. */
export function accessKeyRefused(): AppError {
  return new AppError('relay-refused', {
    happened: say`This relay takes claims only with its access key.`,
    remedy: say`Set the access key of the relay server and share again.`,
  });
}

/** A question about a room without a token that the room admits. */
export function notAdmitted(): AppError {
  return new AppError('relay-refused', {
    happened: say`The relay does not admit this token.`,
    remedy: say`Ask for a new link.`,
  });
}

/** A `Host` header that is none of this relay's names: a page of another site, or a missing setting. */
export function hostRefused(): AppError {
  return new AppError('relay-refused', {
    happened: say`The relay does not answer under this host name.`,
    remedy: say`Give the address that people use with --public-url.`,
  });
}

/** Too many requests from one address. */
export function tooManyRequests(): AppError {
  return new AppError('too-many', {
    happened: say`Too many requests from this address.`,
    remedy: say`Wait a moment and try again.`,
  });
}

/** A request body over the bound. */
export function requestTooLarge(maxBytes: number): AppError {
  return new AppError('too-large', {
    happened: say`The request is larger than ${maxBytes} bytes.`,
    remedy: say`Remove links that nobody uses any more and share again.`,
  });
}

/** No such page or room address. */
export function noSuchRoute(): AppError {
  return new AppError('relay-bad-request', {
    happened: say`This relay has nothing at that address.`,
    remedy: say`Open the whole link that you were given.`,
  });
}

/** A command line that the relay does not understand. */
export function badUsage(reason: Words): AppError {
  return new AppError('usage', {
    happened: say`${reason}.`,
    remedy: say`See “twinhelm relay --help”.`,
  });
}

/** The file named by --access-key-file is missing, or its key too short to be one. */
export function badAccessKeyFile(file: string, cause?: unknown): AppError {
  return new AppError(
    'invalid-input',
    {
      happened: say`The access key file ${file} cannot be used.`,
      remedy: say`It must hold one line with a key of at least 16 characters.`,
    },
    { cause },
  );
}

/** The files named by --tls-cert and --tls-key are no pair that TLS can use. */
export function badTlsFiles(
  certFile: string,
  keyFile: string,
  reason: Words,
  cause: unknown,
): AppError {
  return new AppError(
    'invalid-input',
    {
      happened: say`Certificate ${certFile} and key ${keyFile} cannot be used: ${reason}.`,
      remedy: say`Both must be PEM files, the key that of the first certificate and without a passphrase.`,
    },
    { cause },
  );
}
