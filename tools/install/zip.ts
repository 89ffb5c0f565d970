// Reads zip files (a .vsix is one): names, and unpacking into a folder.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** One file of a zip. */
export interface ZipEntry {
  readonly name: string;
  /** The file's content, unpacked when asked for. */
  read(): Buffer;
}

/** The files of the zip at `path`, from its central directory; throws if it is no zip. */
export function readZip(path: string): ZipEntry[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error(`${path} is no zip file.`);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i += 1) {
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const skip = bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    const local = bytes.readUInt32LE(at + 42);
    entries.push({
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      read() {
        const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
        const data = bytes.subarray(start, start + packed);
        return method === 0 ? data : inflateRawSync(data);
      },
    });
    at += 46 + nameLength + skip;
  }
  return entries;
}

/** Unpacks the extension inside a .vsix into `folder`. */
export function unpackVsix(vsix: string, folder: string): void {
  for (const { name, read } of readZip(vsix)) {
    if (!name.startsWith('extension/') || name.endsWith('/')) continue;
    const path = normalize(join(folder, name.slice('extension/'.length)));
    if (!path.startsWith(normalize(folder) + sep)) throw new Error(`${vsix} leaves its folder.`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, read());
  }
}
