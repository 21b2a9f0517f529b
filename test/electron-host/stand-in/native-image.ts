/** https://www.electronjs.org/docs/latest/api/native-image: as much of a picture as its file's header says. */
import { existsSync, readFileSync } from 'node:fs';
import type Electron from 'electron';
import type { IconState } from '../protocol.ts';
import { facade } from './facade.ts';

interface Picture {
  readonly path: string | undefined;
  readonly bytes: Buffer;
  readonly size: Electron.Size;
  isTemplate: boolean;
}

const pictures = new WeakMap<object, Picture>();
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Of PNG and ICO; a picture that nothing can read is empty, as in Electron. */
function sizeOf(bytes: Buffer): Electron.Size {
  if (bytes.subarray(0, 8).equals(PNG) && bytes.length >= 24)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.length >= 22 && bytes.readUInt32LE(0) === 0x00010000)
    return { width: bytes[6]! || 256, height: bytes[7]! || 256 };
  return { width: 0, height: 0 };
}

function imageOf(bytes: Buffer, path?: string): Electron.NativeImage {
  const picture: Picture = {
    path,
    bytes,
    size: sizeOf(bytes),
    // By its name on macOS: https://www.electronjs.org/docs/latest/api/native-image#template-image-macos
    isTemplate: path !== undefined && /Template(@\dx)?\.png$/.test(path),
  };
  const members = {
    isEmpty: () => picture.size.width === 0,
    getSize: () => ({ ...picture.size }),
    getAspectRatio: () => picture.size.width / (picture.size.height || 1),
    setTemplateImage: (isTemplate: boolean) => {
      picture.isTemplate = isTemplate;
    },
    isTemplateImage: () => picture.isTemplate,
    addRepresentation: () => undefined,
    getScaleFactors: () => [1],
    toPNG: () => Buffer.from(picture.bytes),
    toDataURL: () => `data:image/png;base64,${picture.bytes.toString('base64')}`,
    resize: () => imageOf(picture.bytes, picture.path),
  } satisfies Partial<Electron.NativeImage>;
  const image = facade('nativeImage', members);
  pictures.set(image, picture);
  return image as unknown as Electron.NativeImage;
}

export function iconStateOf(image: Electron.NativeImage | string): IconState {
  const picture = pictures.get(typeof image === 'string' ? nativeImage.createFromPath(image) : image);
  if (picture === undefined)
    throw new TypeError('Image could not be created from this: it is no NativeImage');
  return { path: picture.path, ...picture.size, isTemplate: picture.isTemplate };
}

export const nativeImage = facade('nativeImage', {
  createEmpty: () => imageOf(Buffer.alloc(0)),
  createFromPath: (path) =>
    existsSync(path) ? imageOf(readFileSync(path), path) : imageOf(Buffer.alloc(0), path),
  createFromBuffer: (bytes) => imageOf(bytes),
  createFromDataURL: (url) => imageOf(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
} satisfies Partial<typeof Electron.nativeImage>);
