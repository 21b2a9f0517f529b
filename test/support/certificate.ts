import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/**
 * A self-signed certificate for `names`, valid for a day from `issuedAt` on (and the hour before it), and its key, both PEM. Node cannot issue one and
 * openssl may not be installed, so the few structures of X.509 that are needed are written here (RFC 5280 §4.1).
 */
export function selfSignedCertificate(
  names: readonly string[],
  issuedAt = Date.now(),
): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const name = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from(names[0] ?? 'test')))));
  const hour = 3_600_000;
  const validity = sequence(time(issuedAt - hour), time(issuedAt + 24 * hour));
  const subjectAlternativeNames = sequence(
    oid('551d11'),
    der(0x04, sequence(...names.map((each) => der(0x82, Buffer.from(each))))),
  );
  const basicConstraints = sequence(oid('551d13'), der(0x04, sequence(der(0x01, Buffer.of(0xff)))));
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAlternativeNames, basicConstraints)),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const bits = der(0x03, Buffer.concat([Buffer.of(0), signature]));
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bits);
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(items));
}

function set(...items: readonly Buffer[]): Buffer {
  return der(0x31, Buffer.concat(items));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: Buffer): Buffer {
  return der(0x02, value);
}

/** UTCTime: YYMMDDhhmmssZ. */
function time(epochMs: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(epochMs).toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
}
