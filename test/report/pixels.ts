import { inflateSync } from 'node:zlib';

/** Colours of a PNG (8 bits a channel, RGB or RGBA, not interlaced) with how many pixels have each. */
function coloursOf(png: Uint8Array): ReadonlyMap<number, number> {
  const bytes = Buffer.from(png);
  const [width, height, depth, kind] = [
    bytes.readUInt32BE(16),
    bytes.readUInt32BE(20),
    bytes[24]!,
    bytes[25]!,
  ];
  if (depth !== 8 || ![2, 6].includes(kind) || bytes[28] !== 0)
    throw new Error('not the expected kind of PNG');
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(data));
  const channels = kind === 6 ? 4 : 3;
  const stride = width * channels;
  const above = new Uint8Array(stride);
  const line = new Uint8Array(stride);
  const colours = new Map<number, number>();
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const [left, up, corner] = [
        x < channels ? 0 : line[x - channels]!,
        above[x]!,
        x < channels ? 0 : above[x - channels]!,
      ];
      line[x] = (raw[y * (stride + 1) + 1 + x]! + predicted(filter, left, up, corner)) & 255;
    }
    for (let x = 0; x < stride; x += channels) {
      const colour = (line[x]! << 16) | (line[x + 1]! << 8) | line[x + 2]!;
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    above.set(line);
  }
  return colours;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Share of pixels that do not have the most frequent colour. */
export function inkShare(png: Uint8Array): number {
  const counts = [...coloursOf(png).values()];
  const all = counts.reduce((sum, count) => sum + count, 0);
  return 1 - Math.max(...counts) / all;
}
