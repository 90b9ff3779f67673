import { crc32 } from 'node:zlib';

/** A frame of a spool file: mark (4) | length (4) | number (4) | CRC-32 of length and number (4) | bytes. */
export interface Frame {
  number: number;
  bytes: Buffer;
}

const MARK = Buffer.from('aaSF');
const HEAD_BYTES = 16;

export function framed(number: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  MARK.copy(head);
  head.writeUInt32BE(bytes.length, 4);
  head.writeUInt32BE(number, 8);
  head.writeUInt32BE(checkOf(head, 0), 12);
  return Buffer.concat([head, bytes]);
}

/**
 * The frames of a file. Where none stands, the next that does is looked for, and the file was altered. Only at its end an
 * append may have been torn: in its head, or behind a head that is right.
 */
export function framesOf(file: Buffer): { frames: Frame[]; tornBytes: number; isAltered: boolean } {
  const frames: Frame[] = [];
  let isAltered = false;
  for (let at = 0; at < file.length;) {
    const hasHead = isHead(file, at);
    const end = hasHead ? at + HEAD_BYTES + file.readUInt32BE(at + 4) : Infinity;
    if (end <= file.length) {
      frames.push({ number: file.readUInt32BE(at + 8), bytes: file.subarray(at + HEAD_BYTES, end) });
      at = end;
      continue;
    }
    if (hasHead || at + HEAD_BYTES > file.length) return { frames, tornBytes: file.length - at, isAltered };
    isAltered = true;
    const next = file.indexOf(MARK, at + 1);
    at = next < 0 ? file.length : next;
  }
  return { frames, tornBytes: 0, isAltered };
}

const isHead = (file: Buffer, at: number): boolean =>
  at + HEAD_BYTES <= file.length &&
  file.subarray(at, at + MARK.length).equals(MARK) &&
  file.readUInt32BE(at + 12) === checkOf(file, at);

const checkOf = (file: Buffer, at: number): number => crc32(file.subarray(at + 4, at + 12));
